import type { ServerToAgent, WireConversation } from '../../shared/protocol/index.ts';
import { enqueue, putQueue } from './desk.ts';
import type { Data } from './link.ts';
import type { LiveState } from './state.ts';
import type { Store } from './store.ts';

export interface QueueWatchDeps {
  readonly state: Store<LiveState>;
  /** Reads the queue; a cut is dealt with by the caller of {@link QueueWatch}. */
  readonly list: () => Promise<Data<'queue:list'>>;
  readonly ignoreCut: (work: Promise<unknown>) => void;
  /** Runs a function later; returns a function that cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
}

/** Queue changes come in bursts; the list is read again at most this often. */
const REFRESH_MS = 400;

/** Keeps the queue in step between two resyncs: offers are added at once, everything else by reading it again. */
export class QueueWatch {
  readonly #deps: QueueWatchDeps;
  #planned: (() => void) | undefined;

  constructor(deps: QueueWatchDeps) {
    this.#deps = deps;
  }

  offered(conversation: WireConversation): void {
    this.#deps.state.set((state) => enqueue(state, conversation));
  }

  /** An offer may have been missed, or another agent was faster: the list alone tells. */
  updated({ length, departmentId }: ServerToAgent['queue:update']): void {
    const { state } = this.#deps;
    if (departmentId !== undefined) {
      this.refreshSoon();
      return;
    }
    state.set((former) => ({ ...former, queueLength: length }));
    if (length > 0 || state.get().queue.length > 0) this.refreshSoon();
  }

  refreshSoon(): void {
    const { after, list, ignoreCut, state } = this.#deps;
    this.#planned ??= after(REFRESH_MS, () => {
      this.#planned = undefined;
      ignoreCut(list().then(({ items }) => state.set((former) => putQueue(former, items))));
    });
  }

  close(): void {
    this.#planned?.();
  }
}
