import { LRUCache } from 'lru-cache';
import type { Site } from '../../domain/index.ts';
import type { ChangeBus, EntityStore } from '../../ports/index.ts';

const CACHED_SITES = 10_000;
/** A node that missed the notice of a removal still finds out. */
const LOOK_AGAIN_MS = 30_000;

/** Read model: which sites there are, for every connection of a visitor; the store is seldom asked. */
export class KnownSites {
  readonly #sites: EntityStore<Site>;
  readonly #found = new LRUCache<string, Promise<boolean>>({ max: CACHED_SITES, ttl: LOOK_AGAIN_MS });
  readonly #unsubscribe: () => void;

  constructor(sites: EntityStore<Site>, bus: ChangeBus) {
    this.#sites = sites;
    this.#unsubscribe = bus.subscribe((change) => {
      if (change.kind === 'site') this.#found.delete(change.siteId);
      if (change.kind === 'missed') this.#found.clear();
    });
  }

  has(siteId: string): Promise<boolean> {
    const known = this.#found.get(siteId);
    if (known !== undefined) return known;
    const looking = this.#sites.get(siteId).then((site) => site !== undefined);
    this.#found.set(siteId, looking);
    looking.catch(() => this.#found.delete(siteId));
    return looking;
  }

  close(): void {
    this.#unsubscribe();
  }
}
