import type { RemovedData } from '../../shared/protocol/index.ts';
import { type Admitted, Private, type Redacted, type StoredRedactionRule } from '../domain/index.ts';
import {
  budgetFor,
  compileStoredRule,
  inOrder,
  type RedactedText,
  type Redaction,
  type RedactionPlace,
  type RuleSet,
  redactLongText,
  redactText,
  ruleSetOf,
  type StepBudget,
} from '../domain/redaction/index.ts';
import type { ChangeBus, EntityStore, Ids, Metrics } from '../ports/index.ts';
import { decodeUrl } from './decode-url.ts';
import { inTurns, othersTurn } from './in-turns.ts';
import { wireFile } from './seal-file.ts';

const RULES_PAGE = 200;

export interface RedactorDeps {
  readonly rules: EntityStore<StoredRedactionRule>;
  readonly bus: ChangeBus;
  readonly ids: Ids;
  readonly metrics: Metrics;
  /** Whether the account lets the live agent see originals; see {@link Redacted.original}. */
  readonly deliversOriginal: (accountId: string) => Promise<boolean>;
  /** Told of everything that was taken out, for the account's own report. */
  readonly counts: RemovalCounter;
}

/** Counts what was taken out; learns which rule and how often, never what. */
export interface RemovalCounter {
  add(removal: RemovedData & { readonly accountId: string }): void;
}

/** Where a text stands and who wrote it. */
export interface TextOrigin {
  readonly from: 'visitor' | 'agent';
  readonly place: RedactionPlace;
  /** False for a text that comes again and again, as a typing preview does, so that it is not counted each time. */
  readonly counted?: boolean;
}

/** A text after redaction, and what was taken out of it, by rule. */
export interface RedactedPiece {
  readonly text: RedactedText;
  readonly count: number;
  readonly removed: readonly RemovedData[];
}

/** An account's rules, compiled, and what its settings say of them. */
export interface CompiledRules {
  readonly accountId: string;
  /** The live agent may see originals; see {@link Redacted.original}. */
  readonly deliversOriginal: boolean;
  readonly set: RuleSet;
  readonly names: ReadonlyMap<string, string>;
}

/**
 * The one redactor: every text that anyone typed goes through it before it is kept or shown. An account's
 * rules are compiled once and dropped when one changes, so that a change is live with the next text. When the
 * rules cannot be read, nothing passes.
 */
export class Redactor {
  readonly #deps: RedactorDeps;
  readonly #rules = new Map<string, Promise<CompiledRules>>();
  readonly #unsubscribe: () => void;

  constructor(deps: RedactorDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.bus.subscribe((change) => {
      const concerns = change.kind === 'redaction-rules' || change.kind === 'account';
      if (concerns) this.#rules.delete(change.accountId);
      if (change.kind === 'missed') this.#rules.clear();
    });
  }

  /** A message's own stage. */
  redact(message: Admitted, rules: CompiledRules): Redacted {
    const from = message.from.kind === 'visitor' ? 'visitor' : 'agent';
    const piece = this.apply(rules, message.text.reveal(), { from, place: 'message' });
    const original = piece.count > 0 && rules.deliversOriginal;
    const { file: given } = message;
    const file = given && wireFile(given.id, given);
    const removed: readonly RemovedData[] = [...piece.removed, ...(given?.removed ?? [])];
    const { accountId, conversationId, clientId, kind, at } = message;
    return {
      accountId,
      conversationId,
      clientId,
      from: message.from,
      kind,
      at,
      id: this.#deps.ids.id(),
      text: piece.text,
      redacted: piece.count + (given?.redacted ?? 0),
      removed,
      ...(file && { file }),
      ...(original && { original: new Private(message.text.reveal()) }),
    } as Redacted;
  }

  /** Any other text: a typing preview, a form field, a page address, a tag. */
  async text(accountId: string, text: string, origin: TextOrigin): Promise<RedactedPiece> {
    return this.apply(await this.rulesOf(accountId), text, origin);
  }

  /** The same for a whole form: its values, and their names, which a visitor's client may make up. */
  async fields(
    accountId: string,
    fields: Readonly<Record<string, string>>,
    origin: TextOrigin,
  ): Promise<Record<string, RedactedText>> {
    const rules = await this.rulesOf(accountId);
    return this.applyToFields(rules, fields, origin);
  }

  applyToFields(
    rules: CompiledRules,
    fields: Readonly<Record<string, string>>,
    origin: TextOrigin,
  ): Record<string, RedactedText> {
    const texts = Object.entries(fields);
    // One budget for the whole form, so that many short values cost no more than one long text.
    const budget = budgetFor(texts.flat().join('').length);
    const clean = (text: string) => this.#applyTo(rules, text, origin, budget).text;
    return Object.fromEntries(texts.map(([key, value]) => [clean(key), clean(value)]));
  }

  /** A page address is looked into as it stands and as it reads decoded; it is kept decoded only when that tells more. */
  apply(rules: CompiledRules, text: string, origin: TextOrigin): RedactedPiece {
    const asItStands = this.#applyTo(rules, text, origin);
    if (origin.place !== 'url') return asItStands;
    const decoded = this.#applyTo(rules, decodeUrl(asItStands.text), origin);
    if (decoded.count === 0) return asItStands;
    return {
      text: decoded.text,
      count: asItStands.count + decoded.count,
      removed: [...asItStands.removed, ...decoded.removed],
    };
  }

  /** A text of any length; everyone else has their turn between its steps. */
  async longText(rules: CompiledRules, text: string, origin: TextOrigin): Promise<RedactedPiece> {
    const steps = redactLongText(rules.set, text, origin);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return this.#pieceOf(step.value, rules, origin);
      await othersTurn();
    }
  }

  #applyTo(rules: CompiledRules, text: string, origin: TextOrigin, budget?: StepBudget): RedactedPiece {
    return this.#pieceOf(redactText(rules.set, text, origin, budget), rules, origin);
  }

  #pieceOf(redaction: Redaction, rules: CompiledRules, origin: TextOrigin): RedactedPiece {
    if (redaction.count === 0) return { text: redaction.text, count: 0, removed: [] };
    const removed = this.#removed(redaction, rules);
    if (origin.counted !== false) this.#count(removed, rules);
    return { text: redaction.text, count: redaction.count, removed };
  }

  /** Compiled once, however many ask. */
  rulesOf(accountId: string): Promise<CompiledRules> {
    const known = this.#rules.get(accountId);
    if (known !== undefined) return known;
    const loading = this.#load(accountId);
    this.#rules.set(accountId, loading);
    loading.catch(() => {
      if (this.#rules.get(accountId) === loading) this.#rules.delete(accountId);
    });
    return loading;
  }

  close(): void {
    this.#unsubscribe();
    this.#rules.clear();
  }

  async #load(accountId: string): Promise<CompiledRules> {
    const rules: StoredRedactionRule[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#deps.rules.list({
        where: { accountId },
        limit: RULES_PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      rules.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const names = new Map(rules.map((rule) => [rule.id, rule.name]));
    const deliversOriginal = await this.#deps.deliversOriginal(accountId);
    const set = ruleSetOf(await inTurns(inOrder(rules), compileStoredRule));
    return { accountId, set, names, deliversOriginal };
  }

  /** What matches over several messages took out, told by rule and counted. */
  removedBy(ruleIds: readonly string[], rules: CompiledRules): readonly RemovedData[] {
    const removed = byRule(ruleIds, rules);
    this.#count(removed, rules);
    return removed;
  }

  #removed(redaction: Redaction, rules: CompiledRules): readonly RemovedData[] {
    return byRule(
      redaction.matches.map(({ ruleId }) => ruleId),
      rules,
    );
  }

  #count(removed: readonly RemovedData[], { accountId }: CompiledRules): void {
    for (const one of removed) {
      this.#deps.metrics.count('redactions_total', { rule: one.ruleId }, one.count);
      this.#deps.counts.add({ ...one, accountId });
    }
  }
}

function byRule(ruleIds: readonly string[], rules: CompiledRules): readonly RemovedData[] {
  const counts = new Map<string, number>();
  for (const ruleId of ruleIds) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  return [...counts].map(([ruleId, count]) => ({ ruleId, name: rules.names.get(ruleId) ?? '', count }));
}
