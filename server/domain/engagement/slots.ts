import { AddressSlots } from './address-slots.ts';
import type { FactTest } from './normalise.ts';
import { NumberIndex } from './number-index.ts';
import { Pattern } from './pattern.ts';
import { isDuration } from './program.ts';
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

/** The facts that a rule set reads, by what changes them; durations are none of them. */
export interface FactSlots extends SlotGroup {
  readonly patterns: ReadonlyMap<string, Pattern>;
  readonly address: AddressSlots;
  /** All but those of the address. */
  readonly others: SlotGroup;
  readonly page: SlotGroup;
  readonly activity: SlotGroup;
  readonly arrival: SlotGroup;
  readonly device: SlotGroup;
  readonly chat: SlotGroup;
  readonly clock: SlotGroup;
  readonly world: SlotGroup;
  /** By name of the event, and of the field. */
  readonly events: ReadonlyMap<string, SlotGroup>;
  readonly fields: ReadonlyMap<string, SlotGroup>;
  /** Whether any rule asks for the hour or the weekday. */
  readonly readsClock: boolean;
}

/** Groups the tests by fact, builds an index for each, and knows which event may change which fact. */
export function slotsFor(tests: readonly FactTest[]): FactSlots {
  const numbers = numberSlots(tests);
  const patterns = patternsOf(tests);
  const texts = textSlots(tests, patterns);
  const sourceOf = ({ fact }: NumberSlot | TextSlot) => readableFact(fact).source;
  const groupOf = (wanted: (source: FactSource) => boolean): SlotGroup => ({
    numbers: numbers.filter((slot) => wanted(sourceOf(slot))),
    texts: texts.filter((slot) => wanted(sourceOf(slot))),
  });
  const of = (source: FactSource) => groupOf((one) => one === source);
  const named = (kind: 'event' | 'field') => {
    const sources = new Set([...numbers, ...texts].map(sourceOf).filter((one) => one.startsWith(`${kind} `)));
    return new Map([...sources].map((source) => [source.slice(kind.length + 1), of(source)]));
  };
  const clock = of('clock');
  return {
    ...{ numbers, texts, patterns, clock },
    address: new AddressSlots(of('address')),
    others: groupOf((source) => source !== 'address'),
    page: of('page'),
    activity: of('activity'),
    arrival: of('arrival'),
    device: of('device'),
    chat: of('chat'),
    world: of('world'),
    events: named('event'),
    fields: named('field'),
    readsClock: clock.numbers.length > 0,
  };
}

/**
 * What a rule set remembers of addresses and values that visitors had, one generation older: called twice, it is
 * forgotten, but for what came in between.
 */
export function ageMemory({ address, texts }: FactSlots): void {
  address.age();
  for (const { index } of texts) index.age();
}

function numberSlots(tests: readonly FactTest[]): NumberSlot[] {
  const byFact = new Map<string, { id: number; ranges: (FactTest & { view: 'number' })['ranges'] }[]>();
  tests.forEach((test, id) => {
    if (test.view === 'number' && !isDuration(test.fact))
      listIn(byFact, test.fact).push({ id, ranges: test.ranges });
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
