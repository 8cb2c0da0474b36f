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
export class RedactionRules {
  readonly #deps: RedactionRulesDeps;
  readonly #store: EntityStore<StoredRedactionRule>;

  constructor(deps: RedactionRulesDeps) {
    this.#deps = deps;
    this.#store = deps.stores.entities.redactionRules;
  }

  /** Oldest first; they run by their `order`. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireRedactionRule>> {
    const where = { accountId };
    const page = await this.#store.list({ where, limit, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(presentRedactionRule) };
  }

  async get(staff: StaffPrincipal, id: string): Promise<WireRedactionRule> {
    return presentRedactionRule(await this.#find(staff, id));
  }

  async create(staff: StaffPrincipal, input: RuleInput): Promise<WireRedactionRule> {
    const existing = await this.#all(staff);
    if (existing.length >= LIMITS.redactionRulesPerAccount) {
      throw new Refusal('already_exists', { detail: 'The account has as many rules as it may have.' });
    }
    const order = Math.max(0, ...existing.map((rule) => rule.order)) + ORDER_STEP;
    const now = this.#deps.clock.now();
    const rule = runnable({
      ...withDefaults(input, order),
      id: this.#deps.ids.id(),
      accountId: staff.accountId,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    await this.#store.insert(rule);
    await this.#announce(staff, 'redaction-rule.created', { id: rule.id });
    return presentRedactionRule(rule);
  }

  async change(staff: StaffPrincipal, id: string, wanted: RuleChange): Promise<WireRedactionRule> {
    const rule = await this.#find(staff, id);
    const { accountId, version, createdAt } = rule;
    const next = runnable({
      ...changedFields(rule, wanted),
      id,
      accountId,
      createdAt,
      version: version + 1,
      updatedAt: this.#deps.clock.now(),
    });
    if (!(await this.#store.replace(next))) throw new Refusal('conflict');
    await this.#announce(staff, 'redaction-rule.changed', {
      id,
      parts: Object.keys(wanted).sort().join(' '),
    });
    return presentRedactionRule(next);
  }

  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    await this.#find(staff, id);
    if (!(await this.#store.delete(id))) throw new Refusal('not_found');
    await this.#announce(staff, 'redaction-rule.removed', { id });
  }

  /** With the rules given, or with the account's own that are switched on. Nothing of the text is kept. */
  async preview(
    staff: StaffPrincipal,
    text: string,
    rules?: readonly PreviewRule[],
  ): Promise<RedactionPreview> {
    const tried = rules === undefined ? (await this.#all(staff)).map(engineRule) : draftRules(rules);
    return previewText(text, tried);
  }

  async #find({ accountId }: StaffPrincipal, id: string): Promise<StoredRedactionRule> {
    const rule = await this.#store.get(id);
    if (rule === undefined || rule.accountId !== accountId) throw new Refusal('not_found');
    return rule;
  }

  /** No account has more rules than one page holds. */
  async #all({ accountId }: StaffPrincipal): Promise<readonly StoredRedactionRule[]> {
    return (await this.#store.list({ where: { accountId }, limit: PAGE })).items;
  }

  /** Tells every node, so that the change is live with the next text, and notes who made it. */
  async #announce(
    staff: StaffPrincipal,
    action: string,
    rule: { id: string; parts?: string },
  ): Promise<void> {
    this.#deps.changes.publish({ kind: 'redaction-rules', accountId: staff.accountId });
    const details = rule.parts === undefined ? {} : { parts: rule.parts };
    await this.#deps.audit.byStaff(staff, {
      action,
      target: { kind: 'redaction-rule', id: rule.id },
      details,
    });
  }
}

export function createRedactionRules(deps: RedactionRulesDeps): RedactionRules {
  return new RedactionRules(deps);
}
