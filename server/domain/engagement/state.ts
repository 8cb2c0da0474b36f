import type { CompiledRuleSet } from './compile.ts';
import { LiveFacts } from './live-facts.ts';
import type { VisitorFacts } from './model.ts';
import type { NumberSlot, TextSlot } from './slots.ts';
import type { HoldingTests } from './text-index.ts';

const NO_WORDS = new Uint32Array(0);

/**
 * A visitor as the engine works on it: the facts, and what the rule set makes of them in one bit for each test and rule and
 * one word for each number. Everything but the facts is worked out anew when the rule set is another.
 */
export class VisitorState {
  readonly facts: LiveFacts;
  /** The set that all below belongs to. */
  ruleSet: CompiledRuleSet | undefined;
  /** See {@link CompiledRuleSet.layout}. */
  words: Uint32Array = NO_WORDS;
  /** By place of the text's slot. */
  texts: HoldingTests[] = [];
  score = 0;
  /** The latest instant that was worked on. */
  now = Number.NEGATIVE_INFINITY;
  /** When something can come true by itself, epoch milliseconds; infinite when nothing can. */
  nextAt = Number.POSITIVE_INFINITY;
  /** When time alone turns a rule next, at the earliest: it may turn out that it does not. */
  nextTurnAt = Number.POSITIVE_INFINITY;
  /** A page was opened: times on it are counted from another instant. */
  pageMoved = false;
  /** When a rule that holds and was kept from firing may fire. */
  wakeAt = Number.POSITIVE_INFINITY;
  /** Something that keeps rules from firing has ended: look at all that hold. */
  rescan = false;
  agentWasFree = false;

  constructor(facts: VisitorFacts) {
    this.facts = new LiveFacts(facts);
  }

  /** Nothing is evaluated for a visitor in a chat unless a rule asks for it. */
  isFrozen(ruleSet: CompiledRuleSet): boolean {
    return this.facts.inChat && !ruleSet.hasChatRules;
  }

  /** Begins anew under a rule set: every fact missing, so that no test holds, and every rule marked to be looked at. */
  reset(ruleSet: CompiledRuleSet): void {
    const { scratch, rules } = ruleSet;
    scratch.touchedCount = rules.length;
    for (let rule = 0; rule < rules.length; rule++) {
      scratch.touched[rule] = rule;
      scratch.marks[rule] = scratch.generation;
    }
    this.ruleSet = ruleSet;
    this.words = new Uint32Array(ruleSet.layout.size);
    this.texts = ruleSet.slots.texts.map(() => []);
    this.score = 0;
    this.nextTurnAt = Number.NEGATIVE_INFINITY;
    this.wakeAt = Number.POSITIVE_INFINITY;
    this.rescan = true;
  }

  holds(ruleSet: CompiledRuleSet, rule: number): boolean {
    return bitAt(this.words, ruleSet.layout.holdsAt, rule);
  }

  isReady(ruleSet: CompiledRuleSet, rule: number): boolean {
    return this.holds(ruleSet, rule) && this.score >= (ruleSet.minScores[rule] as number);
  }

  /** Moves a number to its new position and flips the tests between. */
  moveNumber(ruleSet: CompiledRuleSet, slot: NumberSlot, position: number): void {
    const place = ruleSet.layout.positionsAt + slot.place;
    const before = this.words[place] as number;
    if (before === position) return;
    this.words[place] = position;
    const { edgeStarts, edgeTests } = slot.index;
    const from = edgeStarts[Math.min(before, position)] as number;
    const to = edgeStarts[Math.max(before, position)] as number;
    for (let at = from; at < to; at++) this.#flip(ruleSet, edgeTests[at] as number);
  }

  /** Flips the tests that hold for one of the two values and not for the other; both lists ascend. */
  changeText(ruleSet: CompiledRuleSet, slot: TextSlot, holding: HoldingTests): void {
    const before = this.texts[slot.place] as HoldingTests;
    if (before === holding) return;
    this.texts[slot.place] = holding;
    let a = 0;
    let b = 0;
    while (a < before.length || b < holding.length) {
      const left = a < before.length ? (before[a] as number) : Number.POSITIVE_INFINITY;
      const right = b < holding.length ? (holding[b] as number) : Number.POSITIVE_INFINITY;
      if (left !== right) this.#flip(ruleSet, Math.min(left, right));
      if (left <= right) a++;
      if (right <= left) b++;
    }
  }

  #flip(ruleSet: CompiledRuleSet, test: number): void {
    flipBit(this.words, 0, test);
    const { testRuleStarts, testRules, scratch } = ruleSet;
    const end = testRuleStarts[test + 1] as number;
    for (let at = testRuleStarts[test] as number; at < end; at++) {
      const rule = testRules[at] as number;
      if (scratch.marks[rule] === scratch.generation) continue;
      scratch.marks[rule] = scratch.generation;
      scratch.touched[scratch.touchedCount++] = rule;
    }
  }
}

export function bitAt(words: Uint32Array, base: number, index: number): boolean {
  return (((words[base + (index >>> 5)] as number) >>> (index & 31)) & 1) === 1;
}

export function flipBit(words: Uint32Array, base: number, index: number): void {
  const word = base + (index >>> 5);
  words[word] = (words[word] as number) ^ (1 << (index & 31));
}
