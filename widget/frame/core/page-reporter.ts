import { LIMITS } from '../../../shared/limits.ts';
import type { VisitorEvents } from '../../../shared/protocol/index.ts';
import type { Ask } from './link.ts';

type Activity = VisitorEvents['page:activity']['payload'];
type Report =
  | { readonly name: 'page:view'; readonly payload: VisitorEvents['page:view']['payload'] }
  | { readonly name: 'page:activity'; readonly payload: Activity };

/** Reports kept while there is no connection; older ones are dropped, for they only describe behaviour. */
const QUEUE_LENGTH = 50;

export interface PageReporter {
  view(page: { url: string; title: string; referrer: string }): void;
  activity(activity: Activity): void;
  /** Sends what waits, in order. */
  flush(): void;
}

/** Tells the server what the visitor does on the page, in order; what gets no answer goes again later. */
export function createPageReporter(ask: Ask): PageReporter {
  let queue: readonly Report[] = [];
  let running = false;

  const send = async (report: Report) =>
    report.name === 'page:view'
      ? await ask('page:view', report.payload)
      : await ask('page:activity', report.payload);
  const run = async () => {
    for (let report = queue[0]; report !== undefined; report = queue[0]) {
      const current = report;
      if ((await send(current)) === undefined) return;
      queue = queue.filter((waiting) => waiting !== current);
    }
  };
  const flush = () => {
    if (running) return;
    running = true;
    void run().finally(() => {
      running = false;
    });
  };
  const add = (report: Report) => {
    queue = [...queue, report].slice(-QUEUE_LENGTH);
    flush();
  };

  return {
    view: ({ url, title, referrer }) =>
      add({
        name: 'page:view',
        payload: {
          url: url.slice(0, LIMITS.urlLength),
          ...(title !== '' && { title: title.slice(0, LIMITS.titleLength) }),
          ...(referrer !== '' && { referrer: referrer.slice(0, LIMITS.urlLength) }),
        },
      }),
    activity: (payload) => add({ name: 'page:activity', payload }),
    flush,
  };
}
