import type { AccountSettings } from '../../../shared/protocol/index.ts';
import {
  type Account,
  DAY_MS,
  type Private,
  Refusal,
  type StaffPrincipal,
  type User,
} from '../../domain/index.ts';
import type { ChangeBus, RetentionStore } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
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
export interface Accounts {
  /** @throws Refusal `account.region_mismatch`, `already_exists` */
  create(operator: User, input: CreateAccount): Promise<{ id: string; name: string }>;
  settings(staff: StaffPrincipal): Promise<AccountSettings>;
  /**
   * Changes settings. A retention period that it names is applied to what is already kept, also when it is
   * the same as before, so that repeating the call finishes one that was cut off.
   * @throws Refusal `account.region_mismatch`, `conflict`
   */
  changeSettings(staff: StaffPrincipal, change: SettingsChange): Promise<AccountSettings>;
}

export function createAccounts(deps: AccountsDeps): Accounts {
  const { accounts } = deps.stores.entities;

  async function find(id: string): Promise<Account> {
    const account = await accounts.get(id);
    if (account === undefined) throw new Refusal('not_found');
    return account;
  }

  function requireRegion(region: string | undefined): void {
    if (region !== undefined && region !== deps.region) throw new Refusal('account.region_mismatch');
  }

  async function create(operator: User, input: CreateAccount) {
    requireRegion(input.region);
    const admin = { ...input.admin, roles: ['account-administrator'] as const };
    const { id, settings } = await provisionAccount(deps, { ...input, region: deps.region, admin });
    const actor = { kind: 'user' as const, id: operator.id };
    await deps.audit.record({
      accountId: id,
      actor,
      action: 'account.created',
      target: { kind: 'account', id },
    });
    return { id, name: settings.name };
  }

  async function write(accountId: string, change: SettingsChange): Promise<AccountSettings> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const account = await find(accountId);
      const settings = mergeSettings(account.settings, change);
      const next = { ...account, settings, version: account.version + 1, updatedAt: deps.clock.now() };
      if (await accounts.replace(next)) return settings;
    }
    throw new Refusal('conflict');
  }

  async function applyRetention(
    accountId: string,
    change: SettingsChange,
    now: AccountSettings,
  ): Promise<void> {
    const { retention } = deps.stores;
    if (change.transcriptRetentionDays !== undefined) {
      await retention.applyTranscriptRetention(accountId, now.transcriptRetentionDays * DAY_MS);
    }
    if (change.logRetentionDays !== undefined) {
      await retention.applyActivityRetention(accountId, now.logRetentionDays * DAY_MS);
    }
  }

  async function changeSettings(staff: StaffPrincipal, change: SettingsChange): Promise<AccountSettings> {
    requireRegion(change.region);
    const { accountId } = staff;
    const settings = await write(accountId, change);
    deps.changes.publish({ kind: 'account', accountId });
    await applyRetention(accountId, change, settings);
    await deps.audit.byStaff(staff, {
      action: 'settings.changed',
      target: { kind: 'account', id: accountId },
      details: { parts: Object.keys(change).sort().join(' ') },
    });
    return settings;
  }

  return {
    create,
    settings: async ({ accountId }) => (await find(accountId)).settings,
    changeSettings,
  };
}
