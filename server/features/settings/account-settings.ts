import type { AccountSettings } from '../../../shared/protocol/index.ts';
import { type Account, completeSettings, Refusal } from '../../domain/index.ts';
import type { ChangeBus, EntityStore } from '../../ports/index.ts';

/** Read model: the settings of accounts, read once however many ask and cached until the account changes. */
export class AccountSettingsReader {
  readonly #accounts: EntityStore<Account>;
  readonly #loaded = new Map<string, Promise<AccountSettings>>();
  readonly #unsubscribe: () => void;

  constructor(accounts: EntityStore<Account>, bus: ChangeBus) {
    this.#accounts = accounts;
    this.#unsubscribe = bus.subscribe((change) => {
      if (change.kind === 'account') this.#loaded.delete(change.accountId);
      if (change.kind === 'missed') this.#loaded.clear();
    });
  }

  /** @throws Refusal `not_found` */
  get(accountId: string): Promise<AccountSettings> {
    const known = this.#loaded.get(accountId);
    if (known !== undefined) return known;
    const loading = this.#load(accountId);
    this.#loaded.set(accountId, loading);
    loading.catch(() => {
      if (this.#loaded.get(accountId) === loading) this.#loaded.delete(accountId);
    });
    return loading;
  }

  async #load(accountId: string): Promise<AccountSettings> {
    const account = await this.#accounts.get(accountId);
    if (account === undefined) throw new Refusal('not_found');
    return completeSettings(account.settings);
  }

  close(): void {
    this.#unsubscribe();
  }
}
