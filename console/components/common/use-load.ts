import { useCallback, useEffect, useRef, useState } from 'react';
import type { Page } from '../../../shared/protocol/index.ts';

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  /** Reads again; what is there stays on the screen meanwhile. */
  readonly reload: () => void;
  /** Replaces what was read, after a change that the server has confirmed. */
  readonly setData: (data: T) => void;
}

/** Reads something once, and again whenever `load` changes. An answer to an earlier reading is dropped. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [data, setData] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` is what makes it read again.
  useEffect(() => {
    const abort = new AbortController();
    setLoading(true);
    load(abort.signal)
      .then((answer) => {
        if (abort.signal.aborted) return;
        setData(answer);
        setError(undefined);
      })
      .catch((reason: unknown) => {
        if (!abort.signal.aborted) setError(reason);
      })
      .finally(() => {
        if (!abort.signal.aborted) setLoading(false);
      });
    return () => abort.abort();
  }, [load, round]);
  const reload = useCallback(() => setRound((former) => former + 1), []);
  return { data, error, loading, reload, setData };
}

export interface Pages<T> {
  readonly items: readonly T[];
  readonly error: unknown;
  readonly loading: boolean;
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly reload: () => void;
}

/** Reads a list page by page; a change of `load` begins anew. */
export function usePages<T>(load: (cursor: string | undefined) => Promise<Page<T>>): Pages<T> {
  const [items, setItems] = useState<readonly T[]>([]);
  const [cursor, setCursor] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const current = useRef<object>({});

  const read = useCallback(
    (from: string | undefined) => {
      const mine = {};
      current.current = mine;
      setLoading(true);
      load(from)
        .then((page) => {
          if (current.current !== mine) return;
          setItems((former) => (from === undefined ? page.items : [...former, ...page.items]));
          setCursor(page.nextCursor);
          setError(undefined);
        })
        .catch((reason: unknown) => {
          if (current.current === mine) setError(reason);
        })
        .finally(() => {
          if (current.current === mine) setLoading(false);
        });
    },
    [load],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` is what makes it read again.
  useEffect(() => {
    read(undefined);
    return () => {
      current.current = {};
    };
  }, [read, round]);
  const more = useCallback(() => read(cursor), [read, cursor]);
  const reload = useCallback(() => setRound((former) => former + 1), []);
  return { items, error, loading, hasMore: cursor !== undefined, more, reload };
}
