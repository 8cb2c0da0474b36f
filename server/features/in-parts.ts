import type { Clock } from '../ports/index.ts';

/**
 * Visits everything, a bounded number in each turn of the event loop, so that nobody waits for long. What comes and goes
 * meanwhile is as the iterable has it.
 * @returns stops it
 */
export function inParts<Item>(
  clock: Pick<Clock, 'after'>,
  items: Iterable<Item>,
  { size, visit }: { readonly size: number; readonly visit: (item: Item) => void },
): () => void {
  const iterator = items[Symbol.iterator]();
  let stop = (): void => {};
  const next = (): void => {
    for (let count = 0; count < size; count++) {
      const { done, value } = iterator.next();
      if (done === true) return;
      visit(value);
    }
    stop = clock.after(0, next);
  };
  next();
  return () => stop();
}
