import { ageMemory, type CompiledRuleSet, compileRuleSet } from '../../domain/engagement/index.ts';
import type { RuleSetVersion } from '../../domain/index.ts';
import type { ChangeBus, Clock, EntityStore } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

/** What a visitor told is remembered for twice this long at the most after it was last compared. */
const AGE_EVERY_MS = 25_000;

export interface RuleSetsDeps {
  readonly versions: EntityStore<RuleSetVersion>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly bus: ChangeBus;
  readonly clock: Pick<Clock, 'every'>;
}

/** Read model: the published rules of accounts, compiled once and dropped when they, or the settings they read, change. */
export class RuleSets {
  readonly #deps: RuleSetsDeps;
  readonly #loaded = new Map<string, Promise<CompiledRuleSet>>();
  readonly #listeners: ((accountId: string) => void)[] = [];
  readonly #stops: readonly (() => void)[];

  constructor(deps: RuleSetsDeps) {
    this.#deps = deps;
    const stop = deps.bus.subscribe((change) => {
      if (change.kind === 'missed') for (const accountId of [...this.#loaded.keys()]) this.#drop(accountId);
      if (change.kind === 'engagement-rules' || change.kind === 'account') this.#drop(change.accountId);
    });
    const stopAging = deps.clock.every(AGE_EVERY_MS, () => void this.#age());
    this.#stops = [stop, stopAging];
  }

  /** Nothing that visitors told is remembered when it resolves, but for what is compared meanwhile. */
  async forgetValues(): Promise<void> {
    await this.#age();
    await this.#age();
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
    for (const stop of this.#stops) stop();
    this.#loaded.clear();
  }

  async #age(): Promise<void> {
    for (const loading of this.#loaded.values()) {
      // One that cannot be loaded remembers nothing.
      const ruleSet = await loading.catch(() => undefined);
      if (ruleSet !== undefined) ageMemory(ruleSet.slots);
    }
  }

  #drop(accountId: string): void {
    this.#loaded.delete(accountId);
    for (const tell of this.#listeners) tell(accountId);
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
