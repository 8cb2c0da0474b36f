import type { AccountSettings } from '../../../shared/protocol/index.ts';
import {
  type Account,
  completeSettings,
  DAY_MS,
  type Private,
  Refusal,
  type StaffPrincipal,
  type User,
} from '../../domain/index.ts';
import type { ChangeBus, RetentionStore } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import type { FieldSweeps } from '../field-sweeps/index.ts';
import { mergeSettings, type SettingsChange } from './merge-settings.ts';
import { type ProvisionDeps, provisionAccount } from './provision.ts';

export type { SettingsChange } from './merge-settings.ts';

/** A change that meets another at the same time is tried again on top of it, this often. */
const ATTEMPTS = 5;

export interface AccountsDeps extends ProvisionDeps {
  readonly stores: ProvisionDeps['stores'] & {
    readonly retention: Pick<RetentionStore, 'applyTranscriptRetention' | 'applyActivityRetention'>;
  };
  readonly audit: Audit;
  readonly changes: Pick<ChangeBus, 'publish'>;
  /** What a changed data-processing agreement asks of what is stored. */
  readonly fieldSweeps: Pick<FieldSweeps, 'agreementChanged'>;
  /** Where this deployment runs; accounts of another region are refused. */
  readonly region: string;
}

export interface CreateAccount {
  readonly name: string;
  readonly region?: string | undefined;
  readonly siteKey?: string | undefined;
  readonly admin: { readonly email: string; readonly name: string; readonly password: Private<string> };
}

/** Accounts and their settings. */
export class Accounts {
  readonly #deps: AccountsDeps;

  constructor(deps: AccountsDeps) {
    this.#deps = deps;
  }

  /** @throws Refusal `account.region_mismatch`, `already_exists` */
  async create(operator: User, input: CreateAccount): Promise<{ id: string; name: string }> {
    this.#requireRegion(input.region);
    const admin = { ...input.admin, roles: ['account-administrator'] as const };
    const account = await provisionAccount(this.#deps, { ...input, region: this.#deps.region, admin });
    const { id, settings } = account;
    const actor = { kind: 'user' as const, id: operator.id };
    const target = { kind: 'account', id };
    await this.#deps.audit.record({ accountId: id, actor, action: 'account.created', target });
    return { id, name: settings.name };
  }

  async settings({ accountId }: StaffPrincipal): Promise<AccountSettings> {
    return completeSettings((await this.#find(accountId)).settings);
  }

  /**
   * Changes settings. A retention period that it names is applied to what is already kept, also when it is
   * the same as before, so that repeating the call finishes one that was cut off.
   * @throws Refusal `account.region_mismatch`, `conflict`
   */
  async changeSettings(staff: StaffPrincipal, change: SettingsChange): Promise<AccountSettings> {
    this.#requireRegion(change.region);
    const { accountId } = staff;
    const { before, settings } = await this.#write(accountId, change);
    this.#deps.changes.publish({ kind: 'account', accountId });
    await this.#applyRetention(accountId, change, settings);
    // Told again: what was read between the two has the new settings and the old dates.
    this.#deps.changes.publish({ kind: 'account', accountId });
    await this.#deps.audit.byStaff(staff, {
      action: 'settings.changed',
      target: { kind: 'account', id: accountId },
      details: { parts: Object.keys(change).sort().join(' ') },
    });
    await this.#auditApplyTo(staff, before, settings);
    await this.#deps.fieldSweeps.agreementChanged(staff, before.dpa.customFields, settings.dpa.customFields);
    return settings;
  }

  /** Whether live agents see what redaction takes out is told apart from all other settings. */
  async #auditApplyTo(staff: StaffPrincipal, before: AccountSettings, now: AccountSettings): Promise<void> {
    const [from, to] = [before.redaction.applyTo, now.redaction.applyTo];
    if (from === to) return;
    await this.#deps.audit.byStaff(staff, {
      action: 'settings.redaction_apply_to_changed',
      target: { kind: 'account', id: staff.accountId },
      details: { from, to },
    });
  }

  #requireRegion(region: string | undefined): void {
    if (region !== undefined && region !== this.#deps.region) throw new Refusal('account.region_mismatch');
  }

  async #find(id: string): Promise<Account> {
    const account = await this.#deps.stores.entities.accounts.get(id);
    if (account === undefined) throw new Refusal('not_found');
    return account;
  }

  async #write(
    accountId: string,
    change: SettingsChange,
  ): Promise<{ before: AccountSettings; settings: AccountSettings }> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const account = await this.#find(accountId);
      const before = completeSettings(account.settings);
      const settings = mergeSettings(before, change);
      const next = { ...account, settings, version: account.version + 1, updatedAt: this.#deps.clock.now() };
      if (await this.#deps.stores.entities.accounts.replace(next)) return { before, settings };
    }
    throw new Refusal('conflict');
  }

  async #applyRetention(accountId: string, change: SettingsChange, now: AccountSettings): Promise<void> {
    const { retention } = this.#deps.stores;
    if (change.transcriptRetentionDays !== undefined) {
      await retention.applyTranscriptRetention(accountId, now.transcriptRetentionDays * DAY_MS);
    }
    if (change.logRetentionDays !== undefined) {
      await retention.applyActivityRetention(accountId, now.logRetentionDays * DAY_MS);
    }
  }
}

export function createAccounts(deps: AccountsDeps): Accounts {
  return new Accounts(deps);
}
