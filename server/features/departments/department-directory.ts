import { LRUCache } from 'lru-cache';
import type { Department } from '../../domain/index.ts';
import type { ChangeBus, EntityStore } from '../../ports/index.ts';

const REMEMBERED = 5_000;
/** A notice of a change that got lost on its way from another node is made good after this long. */
const REMEMBERED_MS = 15_000;
/** More departments than an account may have. */
const PAGE = 200;

/** Read model: the departments of accounts, from memory as long as nothing has changed. */
export class DepartmentDirectory {
  readonly #departments: EntityStore<Department>;
  readonly #loaded = new LRUCache<string, Promise<readonly Department[]>>({
    max: REMEMBERED,
    ttl: REMEMBERED_MS,
  });
  readonly #unsubscribe: () => void;

  constructor(departments: EntityStore<Department>, bus: ChangeBus) {
    this.#departments = departments;
    this.#unsubscribe = bus.subscribe((change) => {
      if (change.kind === 'departments') this.#loaded.delete(change.accountId);
      if (change.kind === 'missed') this.#loaded.clear();
    });
  }

  /** Oldest first. */
  of(accountId: string): Promise<readonly Department[]> {
    const known = this.#loaded.get(accountId);
    if (known !== undefined) return known;
    const loading = this.#departments.list({ where: { accountId }, limit: PAGE }).then(({ items }) => items);
    this.#loaded.set(accountId, loading);
    loading.catch(() => {
      if (this.#loaded.peek(accountId) === loading) this.#loaded.delete(accountId);
    });
    return loading;
  }

  async find(accountId: string, id: string): Promise<Department | undefined> {
    return (await this.of(accountId)).find((department) => department.id === id);
  }

  close(): void {
    this.#unsubscribe();
  }
}
