import { useSyncExternalStore } from 'react';
import type { Store } from '../../live/store.ts';

/** The store's value, or the part of it that `pick` takes; `pick` must give the same object for the same value. */
export function useStore<T>(store: Store<T>): T;
export function useStore<T, Part>(store: Store<T>, pick: (value: T) => Part): Part;
export function useStore<T, Part>(store: Store<T>, pick?: (value: T) => Part): T | Part {
  return useSyncExternalStore(store.subscribe, () => (pick ? pick(store.get()) : store.get()));
}
