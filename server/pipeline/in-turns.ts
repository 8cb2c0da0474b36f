/** Does work that computes long, piece by piece: after each, everyone else has their turn. */
export async function inTurns<T, Result>(
  pieces: Iterable<T>,
  work: (piece: T, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const piece of pieces) {
    results.push(work(piece, results.length));
    await othersTurn();
  }
  return results;
}

/** Lets what waits for this process be done first. */
export const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
