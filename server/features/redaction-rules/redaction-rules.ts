import { LIMITS } from '../../../shared/limits.ts';
import type {
  Page,
  RedactionExport,
  RedactionImportResult,
  RedactionPreview,
  WireRedactionRule,
  WireRedactionRuleChange,
} from '../../../shared/protocol/index.ts';
import { Refusal, type StaffPrincipal, type StoredRedactionRule } from '../../domain/index.ts';
import type { ChangeBus, Clock, EntityStore, Ids } from '../../ports/index.ts';
import { presentRedactionRule } from '../../presenters/account-presenter.ts';
import type { Audit } from '../audit/index.ts';
import { ORDER_STEP } from './builtin-rules.ts';
import { engineRule, runnable } from './engine-rule.ts';
import { draftRules, type PreviewRule, previewText } from './preview.ts';
import type { RuleHistory } from './rule-history.ts';
import { changedFields, type RuleChange, type RuleInput, withDefaults } from './rule-input.ts';
import { exportedRules, importedRules } from './transfer.ts';

export type { PreviewRule } from './preview.ts';
export type { RuleChange, RuleInput } from './rule-input.ts';

const PAGE = 200;

export interface RedactionRulesDeps {
  readonly stores: { readonly entities: { readonly redactionRules: EntityStore<StoredRedactionRule> } };
  readonly history: RuleHistory;
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
    requireRoom(existing.length + 1);
    const order = orderBehind(existing);
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
    await this.#deps.history.note(staff, { after: rule });
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
    await this.#deps.history.note(staff, { before: rule, after: next });
    await this.#announce(staff, 'redaction-rule.changed', {
      id,
      parts: Object.keys(wanted).sort().join(' '),
    });
    return presentRedactionRule(next);
  }

  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    const rule = await this.#find(staff, id);
    if (!(await this.#store.delete(id))) throw new Refusal('not_found');
    await this.#deps.history.note(staff, { before: rule });
    await this.#announce(staff, 'redaction-rule.removed', { id });
  }

  /**
   * The changes of one rule, or of all, also of those that are removed; newest first.
   * @throws Refusal `not_found` when the account neither has nor had the rule
   */
  async history(
    staff: StaffPrincipal,
    query: { ruleId?: string; limit: number; cursor?: string | undefined },
  ): Promise<Page<WireRedactionRuleChange>> {
    const page = await this.#deps.history.list(staff, query);
    // A rule that nobody has changed yet has no history, and one that is not the account's must not look like it.
    if (query.ruleId !== undefined && page.items.length === 0) await this.#find(staff, query.ruleId);
    return page;
  }

  async export(staff: StaffPrincipal): Promise<RedactionExport> {
    return exportedRules(await this.#all(staff));
  }

  /**
   * Takes rules in from a file, all or, when one of them is not good, none. `replace` removes those that were
   * there, after the new ones stand, so that there is no moment without rules.
   * @throws Refusal with paths as `rules.3.pattern`; `already_exists` when there would be too many
   */
  async import(
    staff: StaffPrincipal,
    input: { rules: readonly RuleInput[]; mode: 'add' | 'replace' },
  ): Promise<RedactionImportResult> {
    const existing = await this.#all(staff);
    const replaced = input.mode === 'replace' ? existing : [];
    requireRoom(existing.length - replaced.length + input.rules.length);
    const rules = await importedRules(input.rules, {
      accountId: staff.accountId,
      firstOrder: input.mode === 'replace' ? ORDER_STEP : orderBehind(existing),
      now: this.#deps.clock.now(),
      nextId: () => this.#deps.ids.id(),
    });
    try {
      await this.#exchange(staff, replaced, rules);
    } finally {
      // Also after a failure half-way: what is stored is what must count.
      this.#publish(staff);
    }
    const result = { added: rules.length, removed: replaced.length };
    await this.#deps.audit.byStaff(staff, {
      action: 'redaction-rules.imported',
      target: { kind: 'account', id: staff.accountId },
      details: { mode: input.mode, ...result },
    });
    return result;
  }

  async #exchange(
    staff: StaffPrincipal,
    replaced: readonly StoredRedactionRule[],
    rules: readonly StoredRedactionRule[],
  ): Promise<void> {
    for (const after of rules) {
      await this.#store.insert(after);
      await this.#deps.history.note(staff, { after });
    }
    for (const before of replaced) {
      if (await this.#store.delete(before.id)) await this.#deps.history.note(staff, { before });
    }
  }

  /** With the rules given, or with the account's own that are switched on. Nothing of the text is kept. */
  async preview(
    staff: StaffPrincipal,
    text: string,
    rules?: readonly PreviewRule[],
  ): Promise<RedactionPreview> {
    const tried = rules === undefined ? (await this.#all(staff)).map(engineRule) : await draftRules(rules);
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
    this.#publish(staff);
    const details = rule.parts === undefined ? {} : { parts: rule.parts };
    await this.#deps.audit.byStaff(staff, {
      action,
      target: { kind: 'redaction-rule', id: rule.id },
      details,
    });
  }

  #publish({ accountId }: StaffPrincipal): void {
    this.#deps.changes.publish({ kind: 'redaction-rules', accountId });
  }
}

/** @throws Refusal `already_exists` when an account may not have so many rules */
function requireRoom(count: number): void {
  if (count <= LIMITS.redactionRulesPerAccount) return;
  throw new Refusal('already_exists', { detail: 'The account has as many rules as it may have.' });
}

function orderBehind(rules: readonly StoredRedactionRule[]): number {
  return Math.max(0, ...rules.map((rule) => rule.order)) + ORDER_STEP;
}

export function createRedactionRules(deps: RedactionRulesDeps): RedactionRules {
  return new RedactionRules(deps);
}
