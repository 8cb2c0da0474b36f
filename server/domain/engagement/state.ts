import type { CompiledRuleSet } from './compile.ts';
import { LiveFacts } from './live-facts.ts';
import type { VisitorFacts, World } from './model.ts';
import type { NumberSlot, TextSlot } from './slots.ts';
import type { HoldingTests } from './text-index.ts';

const NO_WORDS = new Uint32Array(0);
const NO_COUNTS = new Uint8Array(0);
const NEVER = Number.POSITIVE_INFINITY;

/**
 * A visitor as the engine works on it: the facts, and what the rule set makes of them in a few bits for each test and rule,
 * one byte for each gate and one word for each number. Everything but the facts is worked out anew when the rule set is
 * another.
 */
export class VisitorState {
  readonly facts: LiveFacts;
  /** The set that all below belongs to. */
  ruleSet: CompiledRuleSet | undefined;
  /** See {@link CompiledRuleSet.layout}. */
  words: Uint32Array = NO_WORDS;
  /** By gate of the circuit. */
  counts: Uint8Array = NO_COUNTS;
  /** By place of the text's slot. */
  texts: HoldingTests[] = [];
  score = 0;
  /** The latest instant that was worked on. */
  now = Number.NEGATIVE_INFINITY;
  /** When something can come true by itself, epoch milliseconds; infinite when nothing can. */
  nextAt = NEVER;
  /** When time alone turns a rule next, at the earliest: it may turn out that it does not. */
  nextTurnAt = NEVER;
  /** When the clock on the wall shows another hour. */
  nextHourAt = Number.NEGATIVE_INFINITY;
  /** When a rule that holds and was kept from firing may fire. */
  wakeAt = NEVER;
  /** Something that keeps rules from firing has ended: look at all that hold. */
  rescan = false;
  agentWasFree = false;
  /** What surrounded the visitor when it was looked at last. */
  world: World | undefined;

  constructor(facts: VisitorFacts) {
    this.facts = new LiveFacts(facts);
  }

  /** Nothing is evaluated for a visitor in a chat unless a rule asks for it. */
  isFrozen(ruleSet: CompiledRuleSet): boolean {
    return this.facts.inChat && !ruleSet.hasChatRules;
  }

  /** Begins anew under a rule set: every fact missing, so that no test holds, and every rule marked to be looked at. */
  reset(ruleSet: CompiledRuleSet): void {
    const { scratch, rules, layout, circuit } = ruleSet;
    scratch.touchAll();
    const memory = new ArrayBuffer(4 * layout.size + circuit.gates);
    this.ruleSet = ruleSet;
    this.words = new Uint32Array(memory, 0, layout.size);
    this.counts = new Uint8Array(memory, 4 * layout.size);
    this.counts.set(circuit.initial);
    for (let rule = 0; rule < rules.length; rule++) {
      if (circuit.initiallyArmed[rule] === 1) flipBit(this.words, layout.armedAt, rule);
    }
    this.texts = ruleSet.slots.texts.map(() => []);
    this.score = 0;
    this.nextTurnAt = Number.NEGATIVE_INFINITY;
    this.nextHourAt = Number.NEGATIVE_INFINITY;
    this.wakeAt = NEVER;
    this.rescan = true;
    this.world = undefined;
  }

  holds(ruleSet: CompiledRuleSet, rule: number): boolean {
    return bitAt(this.words, ruleSet.layout.holdsAt, rule);
  }

  isReady(ruleSet: CompiledRuleSet, rule: number): boolean {
    return this.holds(ruleSet, rule) && this.score >= (ruleSet.minScores[rule] as number);
  }

  /** The next rule from `from` on whose conditions hold; -1 when there is none. */
  nextHolding(ruleSet: CompiledRuleSet, from: number): number {
    return nextBit(this.words, ruleSet.layout.holdsAt, from, ruleSet.rules.length);
  }

  nextArmed(ruleSet: CompiledRuleSet, from: number): number {
    return nextBit(this.words, ruleSet.layout.armedAt, from, ruleSet.rules.length);
  }

  /** It is for durations alone to say whether the rule holds. */
  isArmed(ruleSet: CompiledRuleSet, rule: number): boolean {
    return bitAt(this.words, ruleSet.layout.armedAt, rule);
  }

  isOn({ circuit }: CompiledRuleSet, gate: number): boolean {
    return (this.counts[gate] === 0) === (circuit.isAll[gate] === 1);
  }

  /** Moves a number to its new position and turns the tests between. */
  moveNumber(ruleSet: CompiledRuleSet, slot: NumberSlot, position: number): void {
    const place = ruleSet.layout.positionsAt + slot.place;
    const before = this.words[place] as number;
    if (before === position) return;
    this.words[place] = position;
    const { edgeStarts, edgeTests } = slot.index;
    const rises = position > before;
    const from = edgeStarts[rises ? before : position] as number;
    const to = edgeStarts[rises ? position : before] as number;
    for (let at = from; at < to; at++) {
      const edge = edgeTests[at] as number;
      this.#turn(ruleSet, edge >> 1, ((edge & 1) === 1) === rises);
    }
  }

  /** Turns the tests that hold for one of the two values and not for the other; both lists ascend. */
  changeText(ruleSet: CompiledRuleSet, slot: TextSlot, holding: HoldingTests): void {
    const before = this.texts[slot.place] as HoldingTests;
    if (before === holding) return;
    this.texts[slot.place] = holding;
    let a = 0;
    let b = 0;
    while (a < before.length || b < holding.length) {
      const left = a < before.length ? (before[a] as number) : NEVER;
      const right = b < holding.length ? (holding[b] as number) : NEVER;
      if (left < right) this.#turn(ruleSet, left, false);
      else if (right < left) this.#turn(ruleSet, right, true);
      if (left <= right) a++;
      if (right <= left) b++;
    }
  }

  #turn(ruleSet: CompiledRuleSet, test: number, holds: boolean): void {
    flipBit(this.words, 0, test);
    const { touchStarts, touches } = ruleSet.circuit;
    const end = touchStarts[test + 1] as number;
    for (let at = touchStarts[test] as number; at < end; at++) ruleSet.scratch.touch(touches[at] as number);
    this.#drive(ruleSet, test, holds);
  }

  /** Brings a source's change to the gates that it goes into, and theirs to the next. */
  #drive(ruleSet: CompiledRuleSet, source: number, holds: boolean): void {
    const { counts } = this;
    const { edgeStarts, edges } = ruleSet.circuit;
    const end = edgeStarts[source + 1] as number;
    for (let at = edgeStarts[source] as number; at < end; at++) {
      const edge = edges[at] as number;
      const gate = edge >> 1;
      const before = counts[gate] as number;
      const after = ((edge & 1) === 1) === holds ? before - 1 : before + 1;
      counts[gate] = after;
      if (before === 0 || after === 0) this.#gateTurned(ruleSet, gate);
    }
  }

  #gateTurned(ruleSet: CompiledRuleSet, gate: number): void {
    const { layout, scratch, circuit } = ruleSet;
    const { sinkStarts, sinks } = circuit;
    const end = sinkStarts[gate + 1] as number;
    for (let at = sinkStarts[gate] as number; at < end; at++) {
      const sink = sinks[at] as number;
      scratch.touch(sink >> 1);
      if ((sink & 1) === 1) flipBit(this.words, layout.armedAt, sink >> 1);
    }
    this.#drive(ruleSet, circuit.tests + gate, this.isOn(ruleSet, gate));
  }
}

export function bitAt(words: Uint32Array, base: number, index: number): boolean {
  return (((words[base + (index >>> 5)] as number) >>> (index & 31)) & 1) === 1;
}

export function flipBit(words: Uint32Array, base: number, index: number): void {
  const word = base + (index >>> 5);
  words[word] = (words[word] as number) ^ (1 << (index & 31));
}

/** The first bit that is set of those from `from` up to `to`; -1 when none is. */
export function nextBit(words: Uint32Array, base: number, from: number, to: number): number {
  for (let index = from; index < to; index = (index | 31) + 1) {
    const word = (words[base + (index >>> 5)] as number) >>> (index & 31);
    if (word === 0) continue;
    const found = index + 31 - Math.clz32(word & -word);
    return found < to ? found : -1;
  }
  return -1;
}
