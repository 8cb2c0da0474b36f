import { type CompiledRuleSet, compileRuleSet } from '../../domain/engagement/index.ts';
import type { RuleSetVersion } from '../../domain/index.ts';
import type { ChangeBus, EntityStore } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

export interface RuleSetsDeps {
  readonly versions: EntityStore<RuleSetVersion>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly bus: ChangeBus;
}

/** Read model: the published rules of accounts, compiled once and dropped when they, or the settings they read, change. */
export class RuleSets {
  readonly #deps: RuleSetsDeps;
  readonly #loaded = new Map<string, Promise<CompiledRuleSet>>();
  readonly #listeners: ((accountId: string) => void)[] = [];
  readonly #unsubscribe: () => void;

  constructor(deps: RuleSetsDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.bus.subscribe((change) => {
      if (change.kind !== 'engagement-rules' && change.kind !== 'account') return;
      this.#loaded.delete(change.accountId);
      for (const tell of this.#listeners) tell(change.accountId);
    });
  }

  /** Called when an account's rules must be read again. */
  onChange(listener: (accountId: string) => void): void {
    this.#listeners.push(listener);
  }

  get(accountId: string): Promise<CompiledRuleSet> {
    const known = this.#loaded.get(accountId);
    if (known !== undefined) return known;
    const loading = this.#load(accountId);
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

  async #load(accountId: string): Promise<CompiledRuleSet> {
    const query = { where: { accountId }, newestFirst: true, limit: 1 };
    const [{ timeZone, businessHours }, newest] = await Promise.all([
      this.#deps.settings.get(accountId),
      this.#deps.versions.list(query),
    ]);
    return compileRuleSet({ rules: newest.items[0]?.rules ?? [], timeZone, businessHours });
  }
}
