import type {
  EngagementRule,
  EngagementRuleDraft,
  Page,
  WireEngagementRule,
  WireRuleSetVersion,
} from '../../../shared/protocol/index.ts';
import { checkRule } from '../../domain/engagement/index.ts';
import {
  type Department,
  nothingSuch,
  Refusal,
  type RuleSetVersion,
  type StaffPrincipal,
  type StoredEngagementRule,
} from '../../domain/index.ts';
import {
  type ChangeBus,
  type Clock,
  type EntityStore,
  type Ids,
  UniqueViolation,
} from '../../ports/index.ts';
import { presentEngagementRule, presentRuleSetVersion } from '../../presenters/engagement-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

const RULES_MAX = 2_000;
const PAGE = 200;
/** Older versions go when there are more. */
const VERSIONS_KEPT = 100;

/** What may be changed of a rule; `null` takes a part away, what is absent stays. */
export type RuleChange = {
  readonly [Key in keyof EngagementRuleDraft]?: EngagementRuleDraft[Key] | null | undefined;
};

export interface EngagementRulesDeps {
  readonly rules: EntityStore<StoredEngagementRule>;
  readonly versions: EntityStore<RuleSetVersion>;
  readonly departments: Pick<EntityStore<Department>, 'get'>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly bus: ChangeBus;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Checks a whole rule's form. @throws Refusal `invalid_value` */
  readonly assertRule: (rule: unknown) => void;
}

/**
 * The account's rules: a draft that is edited rule by rule, and versions of the whole set, of which the newest is live.
 * Where the account publishes at once, every change is a version, provided that who makes it may publish.
 */
export class EngagementRules {
  readonly #deps: EngagementRulesDeps;

  constructor(deps: EngagementRulesDeps) {
    this.#deps = deps;
  }

  /** The draft, oldest first. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireEngagementRule>> {
    const query = { where: { accountId }, limit, ...(cursor !== undefined && { cursor }) };
    const page = await this.#deps.rules.list(query);
    return { ...page, items: page.items.map(presentEngagementRule) };
  }

  /** @throws Refusal `not_found` */
  async get(staff: StaffPrincipal, id: string): Promise<WireEngagementRule> {
    return presentEngagementRule(await this.#find(staff, id));
  }

  /** @throws Refusal `invalid_value` with the path and the reason, `conflict` when there are too many */
  async create(staff: StaffPrincipal, draft: EngagementRuleDraft): Promise<WireEngagementRule> {
    const { accountId } = staff;
    await this.#assertRuns(accountId, draft);
    const { ids, clock, rules } = this.#deps;
    const standing = await this.draft(accountId);
    if (standing.length >= RULES_MAX) {
      throw new Refusal('conflict', { detail: `An account has ${RULES_MAX} rules at the most.` });
    }
    const now = clock.now();
    const order = standing.reduce((highest, rule) => Math.max(highest, rule.order), 0) + 1;
    const rule: StoredEngagementRule = {
      ...{ enabled: true, priority: 0, ...draft, order },
      ...{ id: ids.id(), accountId, version: 1, createdAt: now, updatedAt: now },
    };
    await rules.insert(rule);
    await this.#changed(staff, 'created', rule.id);
    return presentEngagementRule(rule);
  }

  /** @throws Refusal `not_found`, `invalid_value`, `conflict` */
  async change(staff: StaffPrincipal, id: string, change: RuleChange): Promise<WireEngagementRule> {
    const before = await this.#find(staff, id);
    const next = withChange(before, change);
    const {
      id: _id,
      accountId: _account,
      version: _v,
      createdAt: _c,
      updatedAt: _u,
      order: _o,
      ...draft
    } = next;
    this.#deps.assertRule(draft);
    await this.#assertRuns(staff.accountId, next);
    const rule = { ...next, version: before.version + 1, updatedAt: this.#deps.clock.now() };
    if (!(await this.#deps.rules.replace(rule))) throw new Refusal('conflict');
    await this.#changed(staff, 'changed', id);
    return presentEngagementRule(rule);
  }

  /** @throws Refusal `not_found` */
  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    await this.#find(staff, id);
    if (!(await this.#deps.rules.delete(id))) throw new Refusal('not_found');
    await this.#changed(staff, 'removed', id);
  }

  /** Every rule of the draft. */
  async draft(accountId: string): Promise<readonly EngagementRule[]> {
    return (await this.#stored(accountId)).map(ruleOf);
  }

  /** The rules that are live. */
  async published(accountId: string): Promise<readonly EngagementRule[]> {
    return (await this.#newest(accountId))?.rules ?? [];
  }

  /** The rules of a version. @throws Refusal `not_found` */
  async version(accountId: string, number: number): Promise<readonly EngagementRule[]> {
    return (await this.#findVersion(accountId, number)).rules;
  }

  /** Newest first. */
  async versions(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireRuleSetVersion>> {
    const query = { where: { accountId }, newestFirst: true, limit, ...(cursor !== undefined && { cursor }) };
    const [page, live] = await Promise.all([this.#deps.versions.list(query), this.#newest(accountId)]);
    return { ...page, items: page.items.map((one) => presentRuleSetVersion(one, one.id === live?.id)) };
  }

  /** Makes the draft live, within a second. @throws Refusal `conflict` when somebody else publishes at the same moment */
  async publish(staff: StaffPrincipal, note?: string): Promise<WireRuleSetVersion> {
    const version = await this.#publish(staff, await this.draft(staff.accountId), note);
    await this.#note(staff, 'engagement_rules.published', version);
    return presentRuleSetVersion(version, true);
  }

  /** Makes an earlier version live again, as a new one, and the draft like it. @throws Refusal `not_found`, `conflict` */
  async rollBack(staff: StaffPrincipal, number: number): Promise<WireRuleSetVersion> {
    const { accountId } = staff;
    const earlier = await this.#findVersion(accountId, number);
    const version = await this.#publish(staff, earlier.rules, `as version ${number}`);
    await this.#resetDraft(accountId, earlier.rules);
    await this.#note(staff, 'engagement_rules.rolled_back', version);
    return presentRuleSetVersion(version, true);
  }

  /** @throws Refusal `invalid_value` when its conditions cannot run, or there is no such department */
  async #assertRuns(accountId: string, rule: Pick<EngagementRuleDraft, 'when' | 'action'>): Promise<void> {
    assertCompiles(rule);
    const departmentId = rule.action?.departmentId;
    if (departmentId === undefined) return;
    const department = await this.#deps.departments.get(departmentId);
    if (department?.accountId === accountId) return;
    const fault = { path: 'action.departmentId', kind: 'department', id: departmentId };
    throw nothingSuch([fault], 'there is no such department');
  }

  async #resetDraft(accountId: string, rules: readonly EngagementRule[]): Promise<void> {
    const standing = new Map((await this.#stored(accountId)).map((rule) => [rule.id, rule]));
    const now = this.#deps.clock.now();
    for (const rule of rules) {
      const before = standing.get(rule.id);
      standing.delete(rule.id);
      const { version = 0, createdAt = now } = before ?? {};
      const next = { ...rule, accountId, version: version + 1, createdAt, updatedAt: now };
      if (before === undefined) await this.#deps.rules.insert(next);
      else await this.#deps.rules.replace(next);
    }
    for (const id of standing.keys()) await this.#deps.rules.delete(id);
  }

  async #publish(
    { accountId, userId }: StaffPrincipal,
    rules: readonly EngagementRule[],
    note?: string,
  ): Promise<RuleSetVersion> {
    const newest = await this.#newest(accountId);
    const number = (newest?.number ?? 0) + 1;
    // Later than the one before, whatever the clock says: the newest is the one that is live.
    const now = Math.max(this.#deps.clock.now(), (newest?.createdAt ?? 0) + 1);
    const version: RuleSetVersion = {
      ...{ id: versionId(accountId, number), accountId, version: 1, createdAt: now, updatedAt: now },
      ...{ number, publishedBy: userId, rules },
      ...(note !== undefined && { note }),
    };
    await this.#deps.versions.insert(version).catch((error) => {
      throw error instanceof UniqueViolation ? new Refusal('conflict') : error;
    });
    await this.#deps.versions.delete(versionId(accountId, number - VERSIONS_KEPT));
    this.#deps.bus.publish({ kind: 'engagement-rules', accountId });
    return version;
  }

  /** A change of the draft is noted, and live at once where the account wants it so. */
  async #changed(staff: StaffPrincipal, what: 'created' | 'changed' | 'removed', id: string): Promise<void> {
    const target = { kind: 'engagement-rule', id };
    await this.#deps.audit.byStaff(staff, { action: `engagement_rule.${what}`, target });
    const { publishing } = (await this.#deps.settings.get(staff.accountId)).engagement;
    if (publishing !== 'immediate' || !staff.authorizations.has('engagement-rule:publish')) return;
    await this.#publishDraft(staff);
  }

  /** Of several who change at the same moment, the last one publishes what all of them did. */
  async #publishDraft(staff: StaffPrincipal): Promise<void> {
    for (let attempt = 0; attempt < PUBLISH_ATTEMPTS; attempt += 1) {
      try {
        await this.#publish(staff, await this.draft(staff.accountId));
        return;
      } catch (error) {
        if (!(error instanceof Refusal) || attempt === PUBLISH_ATTEMPTS - 1) throw error;
      }
    }
  }

  async #stored(accountId: string): Promise<readonly StoredEngagementRule[]> {
    const found: StoredEngagementRule[] = [];
    let cursor: string | undefined;
    do {
      const query = { where: { accountId }, limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const page = await this.#deps.rules.list(query);
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return found;
  }

  async #newest(accountId: string): Promise<RuleSetVersion | undefined> {
    const query = { where: { accountId }, newestFirst: true, limit: 1 };
    return (await this.#deps.versions.list(query)).items[0];
  }

  async #findVersion(accountId: string, number: number): Promise<RuleSetVersion> {
    const version = await this.#deps.versions.get(versionId(accountId, number));
    if (version === undefined) throw new Refusal('not_found');
    return version;
  }

  async #find(staff: StaffPrincipal, id: string): Promise<StoredEngagementRule> {
    const rule = await this.#deps.rules.get(id);
    if (rule === undefined || rule.accountId !== staff.accountId) throw new Refusal('not_found');
    return rule;
  }

  #note(staff: StaffPrincipal, action: string, { number, rules }: RuleSetVersion): Promise<void> {
    const details = { version: number, rules: rules.length };
    return this.#deps.audit.byStaff(staff, { action, details });
  }
}

const PUBLISH_ATTEMPTS = 10;

function versionId(accountId: string, number: number): string {
  return `${accountId}:${number}`;
}

/** The rule without what only its store needs. */
function ruleOf(stored: StoredEngagementRule): EngagementRule {
  const {
    accountId: _accountId,
    version: _version,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    ...rule
  } = stored;
  return rule;
}

function withChange(rule: StoredEngagementRule, change: RuleChange): StoredEngagementRule {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const gone = new Set(given.filter(([, value]) => value === null).map(([key]) => key));
  const kept = Object.entries(rule).filter(([key]) => !gone.has(key));
  const set = given.filter(([, value]) => value !== null);
  const next = { ...Object.fromEntries(kept), ...Object.fromEntries(set) } as unknown as StoredEngagementRule;
  return { ...next, priority: next.priority ?? 0, enabled: next.enabled ?? true };
}

/** @throws Refusal `invalid_value` with every place in the conditions that cannot run, and why */
function assertCompiles(rule: Pick<EngagementRuleDraft, 'when'>): void {
  const faults = checkRule(rule);
  if (faults.length === 0) return;
  const errors = faults.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Refusal('invalid_value', { errors });
}
