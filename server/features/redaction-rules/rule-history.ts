import type { Page, WireRedactionRuleChange } from '../../../shared/protocol/index.ts';
import {
  DAY_MS,
  type RedactionRuleChange,
  type RuleSnapshot,
  type StaffPrincipal,
  type StoredRedactionRule,
} from '../../domain/index.ts';
import type { Clock, EntityStore, Ids } from '../../ports/index.ts';
import { presentRedactionRuleChange } from '../../presenters/redaction-presenter.ts';

/** Three years: as long as anyone may ask why a text of then was, or was not, taken out. */
const KEPT_MS = 1_096 * DAY_MS;

export interface RuleHistoryDeps {
  readonly changes: EntityStore<RedactionRuleChange>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Who changed which rule, when and how; it stays when the rule is removed. */
export class RuleHistory {
  readonly #deps: RuleHistoryDeps;

  constructor(deps: RuleHistoryDeps) {
    this.#deps = deps;
  }

  /** Notes one change: `before` is absent for a new rule, `after` for a removed one. */
  async note(
    staff: StaffPrincipal,
    rule: { before?: StoredRedactionRule; after?: StoredRedactionRule },
  ): Promise<void> {
    const { before, after } = rule;
    const ruleId = after?.id ?? before?.id;
    if (ruleId === undefined) return;
    const now = this.#deps.clock.now();
    await this.#deps.changes.insert({
      id: this.#deps.ids.id(),
      accountId: staff.accountId,
      version: 1,
      createdAt: now,
      updatedAt: now,
      expiresAt: now + KEPT_MS,
      ruleId,
      userId: staff.userId,
      action: actionOf(rule),
      ...(before !== undefined && { before: snapshotOf(before) }),
      ...(after !== undefined && { after: snapshotOf(after) }),
    });
  }

  /** Newest first; of one rule, or of all. */
  async list(
    { accountId }: StaffPrincipal,
    query: { ruleId?: string; limit: number; cursor?: string | undefined },
  ): Promise<Page<WireRedactionRuleChange>> {
    const { ruleId, limit, cursor } = query;
    const page = await this.#deps.changes.list({
      where: { accountId, ...(ruleId !== undefined && { ruleId }) },
      newestFirst: true,
      limit,
      ...(cursor !== undefined && { cursor }),
    });
    return { ...page, items: page.items.map(presentRedactionRuleChange) };
  }
}

function actionOf({ before, after }: { before?: unknown; after?: unknown }): RedactionRuleChange['action'] {
  if (before === undefined) return 'created';
  return after === undefined ? 'removed' : 'changed';
}

function snapshotOf(rule: StoredRedactionRule): RuleSnapshot {
  const {
    id: _id,
    accountId: _account,
    version: _version,
    createdAt: _created,
    updatedAt: _updated,
    ...rest
  } = rule;
  const { match, noMatch } = rule.examples;
  return { ...rest, examples: { match: match.length, noMatch: noMatch.length } };
}
