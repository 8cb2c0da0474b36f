import type { FactTest } from './normalise.ts';
import { NumberIndex } from './number-index.ts';
import { Pattern } from './pattern.ts';
import { type FactReader, type FactSource, numberView, readableFact, textView } from './read-fact.ts';
import { TextIndex } from './text-index.ts';

type Reader<Value> = (...seen: Parameters<FactReader>) => Value | undefined;

/** A number that rules read: where a visitor keeps its position, how it is read, its tests. */
export interface NumberSlot {
  readonly fact: string;
  readonly place: number;
  readonly read: Reader<number>;
  readonly index: NumberIndex;
}

export interface TextSlot {
  readonly fact: string;
  readonly place: number;
  readonly read: Reader<string>;
  readonly index: TextIndex;
}

export interface SlotGroup {
  readonly numbers: readonly NumberSlot[];
  readonly texts: readonly TextSlot[];
}

/** The facts that a rule set reads, by what changes them. */
export interface FactSlots extends SlotGroup {
  readonly patterns: ReadonlyMap<string, Pattern>;
  readonly bySource: ReadonlyMap<FactSource, SlotGroup>;
  /** What changes with time alone. */
  readonly time: SlotGroup;
  readonly world: SlotGroup;
  /** Whether any rule asks for the hour or the weekday. */
  readonly readsClock: boolean;
}

const NO_SLOTS: SlotGroup = { numbers: [], texts: [] };
/** A new page begins its scroll depth and its idleness anew. */
const TOUCHED_WITH: Readonly<Partial<Record<FactSource, readonly FactSource[]>>> = {
  page: ['page', 'activity', 'arrival', 'time'],
};

/** Groups the tests by fact, builds an index for each, and knows which event may change which fact. */
export function slotsFor(tests: readonly FactTest[]): FactSlots {
  const numbers = numberSlots(tests);
  const readsClock = numbers.some(({ fact }) => fact.startsWith('time.'));
  const patterns = patternsOf(tests);
  const texts = textSlots(tests, patterns);
  const sources = new Set([...numbers, ...texts].map(({ fact }) => readableFact(fact).source));
  const groupOf = (wanted: readonly FactSource[]): SlotGroup => ({
    numbers: numbers.filter(({ fact }) => wanted.includes(readableFact(fact).source)),
    texts: texts.filter(({ fact }) => wanted.includes(readableFact(fact).source)),
  });
  const named: FactSource[] = ['page', 'activity', 'arrival', 'device', 'chat'];
  const bySource = new Map(
    [...new Set([...named, 'time' as const, 'world' as const, ...sources])].map((source) => [
      source,
      groupOf(TOUCHED_WITH[source] ?? [source]),
    ]),
  );
  return {
    numbers,
    texts,
    patterns,
    bySource,
    time: groupOf(['time']),
    world: groupOf(['world']),
    readsClock,
  };
}

/** The slots that what happened may have changed. */
export function slotsTouchedBy(slots: FactSlots, source: FactSource): SlotGroup {
  return slots.bySource.get(source) ?? NO_SLOTS;
}

function numberSlots(tests: readonly FactTest[]): NumberSlot[] {
  const byFact = new Map<string, { id: number; ranges: (FactTest & { view: 'number' })['ranges'] }[]>();
  tests.forEach((test, id) => {
    if (test.view === 'number') listIn(byFact, test.fact).push({ id, ranges: test.ranges });
  });
  return [...byFact].map(([fact, list], place) => {
    const { read } = readableFact(fact);
    return {
      ...{ fact, place, index: new NumberIndex(list) },
      read: (facts, moment) => numberView(read(facts, moment)),
    };
  });
}

function patternsOf(tests: readonly FactTest[]): Map<string, Pattern> {
  const patterns = new Map<string, Pattern>();
  for (const test of tests) {
    if (test.view !== 'text' || test.test.kind !== 'matches') continue;
    const { pattern } = test.test;
    if (!patterns.has(pattern)) patterns.set(pattern, new Pattern(pattern));
  }
  return patterns;
}

function textSlots(tests: readonly FactTest[], patterns: ReadonlyMap<string, Pattern>): TextSlot[] {
  const byFact = new Map<string, { id: number; test: (FactTest & { view: 'text' })['test'] }[]>();
  tests.forEach((test, id) => {
    if (test.view !== 'text') return;
    listIn(byFact, test.fact).push({ id, test: test.test });
  });
  return [...byFact].map(([fact, list], place) => {
    const { read } = readableFact(fact);
    const languageRanges = fact === 'visitor.language';
    return {
      ...{ fact, place, index: new TextIndex(list, { patterns, languageRanges }) },
      read: (facts, moment) => textView(read(facts, moment)),
    };
  });
}

function listIn<Item>(map: Map<string, Item[]>, key: string): Item[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
