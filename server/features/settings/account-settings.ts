import type { AccountSettings } from '../../../shared/protocol/index.ts';
import { type Account, Refusal } from '../../domain/index.ts';
import type { ChangeBus, EntityStore } from '../../ports/index.ts';

/** Read model: the settings of accounts, cached until the account changes. */
export class AccountSettingsReader {
  readonly #accounts: EntityStore<Account>;
  readonly #loaded = new Map<string, AccountSettings>();
  readonly #unsubscribe: () => void;

  constructor(accounts: EntityStore<Account>, bus: ChangeBus) {
    this.#accounts = accounts;
    this.#unsubscribe = bus.subscribe((change) => {
      if (change.kind === 'account') this.#loaded.delete(change.accountId);
    });
  }

  /** @throws Refusal `not_found` */
  async get(accountId: string): Promise<AccountSettings> {
    const known = this.#loaded.get(accountId);
    if (known !== undefined) return known;
    const account = await this.#accounts.get(accountId);
    if (account === undefined) throw new Refusal('not_found');
    this.#loaded.set(accountId, account.settings);
    return account.settings;
  }

  /** What is known without a read. */
  peek(accountId: string): AccountSettings | undefined {
    return this.#loaded.get(accountId);
  }

  close(): void {
    this.#unsubscribe();
  }
}
