import { LIMITS } from '../../../shared/limits.ts';
import type { Page, RedactionPreview, WireRedactionRule } from '../../../shared/protocol/index.ts';
import { Refusal, type StaffPrincipal, type StoredRedactionRule } from '../../domain/index.ts';
import type { ChangeBus, Clock, EntityStore, Ids } from '../../ports/index.ts';
import { presentRedactionRule } from '../../presenters/account-presenter.ts';
import type { Audit } from '../audit/index.ts';
import { ORDER_STEP } from './builtin-rules.ts';
import { engineRule, runnable } from './engine-rule.ts';
import { draftRules, type PreviewRule, previewText } from './preview.ts';
import { changedFields, type RuleChange, type RuleInput, withDefaults } from './rule-input.ts';

export type { PreviewRule } from './preview.ts';
export type { RuleChange, RuleInput } from './rule-input.ts';

const PAGE = 200;

export interface RedactionRulesDeps {
  readonly stores: { readonly entities: { readonly redactionRules: EntityStore<StoredRedactionRule> } };
  readonly audit: Audit;
  readonly changes: Pick<ChangeBus, 'publish'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/**
 * What an account has taken out of texts before they are kept. A rule that cannot run, or that its own
 * examples contradict, is never saved: `redaction.pattern_unsupported`, `redaction.example_failed`. Other
 * refusals: `not_found`, `conflict`, `already_exists` (as many rules as an account may have).
 */
export interface RedactionRules {
  list(
    staff: StaffPrincipal,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireRedactionRule>>;
  get(staff: StaffPrincipal, id: string): Promise<WireRedactionRule>;
  create(staff: StaffPrincipal, input: RuleInput): Promise<WireRedactionRule>;
  change(staff: StaffPrincipal, id: string, change: RuleChange): Promise<WireRedactionRule>;
  remove(staff: StaffPrincipal, id: string): Promise<void>;
  /** With the rules given, or with the account's own that are switched on. Nothing of the text is kept. */
  preview(staff: StaffPrincipal, text: string, rules?: readonly PreviewRule[]): Promise<RedactionPreview>;
}

export function createRedactionRules(deps: RedactionRulesDeps): RedactionRules {
  const { redactionRules: store } = deps.stores.entities;
  const { ids, clock } = deps;

  async function find({ accountId }: StaffPrincipal, id: string): Promise<StoredRedactionRule> {
    const rule = await store.get(id);
    if (rule === undefined || rule.accountId !== accountId) throw new Refusal('not_found');
    return rule;
  }

  /** No account has more rules than one page holds. */
  async function all({ accountId }: StaffPrincipal): Promise<readonly StoredRedactionRule[]> {
    return (await store.list({ where: { accountId }, limit: PAGE })).items;
  }

  /** Tells every node, so that the change is live with the next text, and notes who made it. */
  async function announce(staff: StaffPrincipal, action: string, rule: { id: string; parts?: string }) {
    deps.changes.publish({ kind: 'redaction-rules', accountId: staff.accountId });
    const details = rule.parts === undefined ? {} : { parts: rule.parts };
    await deps.audit.byStaff(staff, { action, target: { kind: 'redaction-rule', id: rule.id }, details });
  }

  async function create(staff: StaffPrincipal, input: RuleInput): Promise<WireRedactionRule> {
    const existing = await all(staff);
    if (existing.length >= LIMITS.redactionRulesPerAccount) {
      throw new Refusal('already_exists', { detail: 'The account has as many rules as it may have.' });
    }
    const order = Math.max(0, ...existing.map((rule) => rule.order)) + ORDER_STEP;
    const now = clock.now();
    const rule = runnable({
      ...withDefaults(input, order),
      id: ids.id(),
      accountId: staff.accountId,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    await store.insert(rule);
    await announce(staff, 'redaction-rule.created', { id: rule.id });
    return presentRedactionRule(rule);
  }

  async function change(staff: StaffPrincipal, id: string, wanted: RuleChange): Promise<WireRedactionRule> {
    const rule = await find(staff, id);
    const { accountId, version, createdAt } = rule;
    const next = runnable({
      ...changedFields(rule, wanted),
      id,
      accountId,
      createdAt,
      version: version + 1,
      updatedAt: clock.now(),
    });
    if (!(await store.replace(next))) throw new Refusal('conflict');
    await announce(staff, 'redaction-rule.changed', { id, parts: Object.keys(wanted).sort().join(' ') });
    return presentRedactionRule(next);
  }

  async function remove(staff: StaffPrincipal, id: string): Promise<void> {
    await find(staff, id);
    if (!(await store.delete(id))) throw new Refusal('not_found');
    await announce(staff, 'redaction-rule.removed', { id });
  }

  return {
    list: async ({ accountId }, { limit, cursor }) => {
      const page = await store.list({ where: { accountId }, limit, ...(cursor !== undefined && { cursor }) });
      return { ...page, items: page.items.map(presentRedactionRule) };
    },
    get: async (staff, id) => presentRedactionRule(await find(staff, id)),
    create,
    change,
    remove,
    preview: async (staff, text, rules) =>
      previewText(text, rules === undefined ? (await all(staff)).map(engineRule) : draftRules(rules)),
  };
}
