import type { Webhook } from '../../domain/index.ts';
import type { ChangeBus, EntityStore } from '../../ports/index.ts';

/** Webhooks of an account at the most; one page of the store holds them. */
export const WEBHOOKS_PER_ACCOUNT = 20;

/** The enabled webhooks of accounts, read once however many ask, until one changes. */
export class WebhookCache {
  readonly #webhooks: EntityStore<Webhook>;
  readonly #loaded = new Map<string, Promise<readonly Webhook[]>>();
  readonly #unsubscribe: () => void;

  constructor(webhooks: EntityStore<Webhook>, bus: ChangeBus) {
    this.#webhooks = webhooks;
    this.#unsubscribe = bus.subscribe((change) => {
      if (change.kind === 'webhooks') this.#loaded.delete(change.accountId);
      if (change.kind === 'missed') this.#loaded.clear();
    });
  }

  enabledOf(accountId: string): Promise<readonly Webhook[]> {
    const known = this.#loaded.get(accountId);
    if (known !== undefined) return known;
    const loading = this.#webhooks
      .list({ where: { accountId }, limit: WEBHOOKS_PER_ACCOUNT })
      .then(({ items }) => items.filter(({ enabled }) => enabled));
    this.#loaded.set(accountId, loading);
    loading.catch(() => {
      if (this.#loaded.get(accountId) === loading) this.#loaded.delete(accountId);
    });
    return loading;
  }

  close(): void {
    this.#unsubscribe();
    this.#loaded.clear();
  }
}
