import { useCallback, useEffect, useState } from 'react';
import type { WireRedactionRescan } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

/** How often a re-scan that goes on, or waits to be resumed by whoever, is looked at. */
const POLL_MS = { running: 1_000, paused: 5_000 } as const;

export type OpenRescan = WireRedactionRescan & { readonly status: 'running' | 'paused' };

/** Whether a re-scan can still change. */
export function isOpen(rescan: WireRedactionRescan): rescan is OpenRescan {
  return rescan.status === 'running' || rescan.status === 'paused';
}

/**
 * The account's re-scans, newest first, kept up to date while one is under way. The truth is the server's, so a
 * page that is loaded anew, or that someone else has open, shows the same.
 */
export function useRescans() {
  const { api } = useConsole();
  const load = useCallback(() => api.rescans.list(), [api]);
  const { data, error, reload, setData } = useLoad(load);
  const [pollError, setPollError] = useState<unknown>();
  const open = data?.find(isOpen);
  useEffect(() => {
    if (data === undefined || open === undefined) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const look = (): void => {
      api.rescans
        .get(open.id, abort.signal)
        .then((now) => {
          if (abort.signal.aborted) return;
          setPollError(undefined);
          setData(data.map((former) => (former.id === now.id ? now : former)));
        })
        .catch((reason: unknown) => {
          if (abort.signal.aborted) return;
          setPollError(reason);
          timer = setTimeout(look, POLL_MS.paused);
        });
    };
    timer = setTimeout(look, POLL_MS[open.status]);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, data, open, setData]);
  /** Does something to the re-scans; refused or not, what is there then is read again. */
  const act = async (work: () => Promise<unknown>): Promise<boolean> => {
    const worked = await attempt(async () => {
      await work();
    });
    reload();
    return worked;
  };
  return { rescans: data, open, error, pollError, reload, act };
}
