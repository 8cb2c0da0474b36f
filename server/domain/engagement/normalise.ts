import { type Condition, type FactValue, factEntry } from '../../../shared/protocol/index.ts';
import { fold } from './read-fact.ts';

/** Inclusive unless open; the bounds of what a number must lie in. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly openFrom?: boolean;
  readonly openTo?: boolean;
}

export function isWithin(number: number, { from, to, openFrom, openTo }: NumberRange): boolean {
  const above = openFrom === true ? number > from : number >= from;
  const below = openTo === true ? number < to : number <= to;
  return above && below;
}

/** One test of one fact, never negated, so that rules share as many as they can. None holds for a missing fact. */
export type FactTest =
  | { readonly fact: string; readonly view: 'number'; readonly ranges: readonly NumberRange[] }
  | { readonly fact: string; readonly view: 'text'; readonly test: TextTest };

export type TextTest =
  | { readonly kind: 'any' }
  | { readonly kind: 'is'; readonly texts: readonly string[] }
  | { readonly kind: 'contains' | 'startsWith' | 'endsWith'; readonly text: string }
  | { readonly kind: 'matches'; readonly pattern: string };

/** What a condition comes to: it holds when any of the tests does, or, negated, when none does. */
export interface NormalCondition {
  readonly tests: readonly FactTest[];
  readonly negated: boolean;
}

const EVERY_NUMBER: NumberRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Takes a condition that was checked. `ne`, `nin` and `exists: false` are the opposites of the others. */
export function normalise(condition: Condition): NormalCondition {
  const { fact, op } = condition;
  const value = condition.value;
  switch (op) {
    case 'eq':
      return { tests: equalTests(fact, [value as FactValue]), negated: false };
    case 'ne':
      return { tests: equalTests(fact, [value as FactValue]), negated: true };
    case 'in':
      return { tests: equalTests(fact, value as readonly FactValue[]), negated: false };
    case 'nin':
      return { tests: equalTests(fact, value as readonly FactValue[]), negated: true };
    case 'exists':
      return { tests: [existsTest(fact)], negated: value === false };
    case 'matches':
      return { tests: [textTest(fact, { kind: 'matches', pattern: value as string })], negated: false };
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return { tests: [textTest(fact, { kind: op, text: fold(value as string) })], negated: false };
    default:
      return { tests: [{ fact, view: 'number', ranges: [rangeOf(condition)] }], negated: false };
  }
}

function rangeOf({ op, value }: Condition): NumberRange {
  if (op === 'between') {
    const [from, to] = value as readonly [number, number];
    return { from, to };
  }
  const bound = value as number;
  const open = op === 'gt' || op === 'lt';
  return op === 'gt' || op === 'gte'
    ? { from: bound, to: Number.POSITIVE_INFINITY, openFrom: open }
    : { from: Number.NEGATIVE_INFINITY, to: bound, openTo: open };
}

function equalTests(fact: string, values: readonly FactValue[]): FactTest[] {
  const numbers = values.filter((value) => typeof value === 'number').map((value) => wanted(fact, value));
  const texts = values.filter((value) => typeof value !== 'number').map((value) => fold(String(value)));
  const ranges = [...new Set(numbers)].sort((a, b) => a - b).map((value) => ({ from: value, to: value }));
  return [
    ...(ranges.length > 0 ? [{ fact, view: 'number', ranges } as const] : []),
    ...(texts.length > 0 ? [textTest(fact, { kind: 'is', texts: [...new Set(texts)].sort() })] : []),
  ];
}

/** Sunday may be written as 0. Negative zero is zero. */
function wanted(fact: string, value: number): number {
  return fact === 'time.weekday' && value === 0 ? 7 : value + 0;
}

function textTest(fact: string, test: TextTest): FactTest {
  return { fact, view: 'text', test };
}

function existsTest(fact: string): FactTest {
  return factEntry(fact)?.type === 'number'
    ? { fact, view: 'number', ranges: [EVERY_NUMBER] }
    : textTest(fact, { kind: 'any' });
}
