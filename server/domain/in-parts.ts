/**
 * Visits everything, a bounded number in each turn of the event loop, so that nobody waits for long. What comes and goes
 * meanwhile is as the iterable has it.
 * @param later calls back in the next turn; what it returns takes that back
 * @returns stops it
 */
export function inParts<Item>(
  items: Iterable<Item>,
  how: {
    readonly size: number;
    readonly visit: (item: Item) => void;
    readonly later: (next: () => void) => () => void;
  },
): () => void {
  const iterator = items[Symbol.iterator]();
  let stop = (): void => {};
  const next = (): void => {
    for (let count = 0; count < how.size; count++) {
      const { done, value } = iterator.next();
      if (done === true) return;
      how.visit(value);
    }
    stop = how.later(next);
  };
  next();
  return () => stop();
}
