import type { VisitorsUpdate, WireVisitor } from '../../shared/protocol/index.ts';
import type { Data } from './link.ts';
import { createStore, type Store } from './store.ts';

/** Live visitors as the server last told them. */
export interface VisitorsState {
  /** By session id. */
  readonly visitors: ReadonlyMap<string, WireVisitor>;
  /** On the sites now, those that are not listed too. */
  readonly total: number;
  readonly loaded: boolean;
}

const NOBODY: VisitorsState = { visitors: new Map(), total: 0, loaded: false };

export interface VisitorWatchDeps {
  readonly list: () => Promise<Data<'visitor:list'>>;
  readonly ignoreCut: (work: Promise<unknown>) => void;
}

/** Who is on the sites, kept in step while somebody looks: the list once for each connection, then its changes. */
export class VisitorWatch {
  readonly state: Store<VisitorsState> = createStore(NOBODY);
  readonly #deps: VisitorWatchDeps;
  #lookers = 0;

  constructor(deps: VisitorWatchDeps) {
    this.#deps = deps;
  }

  /** Somebody looks, until the returned function is called. */
  watch(): () => void {
    this.#lookers += 1;
    if (this.#lookers === 1) this.refresh();
    return () => {
      this.#lookers -= 1;
    };
  }

  /** Reads the whole list again; to be called for every new connection. */
  refresh(): void {
    if (this.#lookers === 0) return;
    const reading = this.#deps.list().then(({ items, total }) => {
      const visitors = new Map(items.map((visitor) => [visitor.sessionId, visitor]));
      this.state.set(() => ({ visitors, total, loaded: true }));
    });
    this.#deps.ignoreCut(reading);
  }

  updated({ items, gone, total }: VisitorsUpdate): void {
    this.state.set((former) => {
      const visitors = new Map(former.visitors);
      for (const sessionId of gone) visitors.delete(sessionId);
      for (const visitor of items) visitors.set(visitor.sessionId, visitor);
      return { ...former, visitors, total };
    });
  }
}
