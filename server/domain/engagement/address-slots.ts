import type { LiveFacts } from './live-facts.ts';
import type { Moment } from './read-fact.ts';
import { Remembered } from './remembered.ts';
import type { NumberSlot, SlotGroup, TextSlot } from './slots.ts';
import type { HoldingTests } from './text-index.ts';

/** Addresses that are remembered: a few megabytes at the most. */
const REMEMBERED_ADDRESSES = 3_000;

/** What the rules make of an address: a position for each number, what holds for each text. */
interface AddressReading {
  readonly positions: readonly number[];
  readonly holding: readonly HoldingTests[];
}

/** The facts that come from the address of a page alone. All that rules ask of one address is worked out once. */
export class AddressSlots implements SlotGroup {
  readonly numbers: readonly NumberSlot[];
  readonly texts: readonly TextSlot[];
  readonly #remembered = new Remembered<AddressReading>(REMEMBERED_ADDRESSES);

  constructor({ numbers, texts }: SlotGroup) {
    this.numbers = numbers;
    this.texts = texts;
  }

  /** See {@link Remembered.age}. */
  age(): void {
    this.#remembered.age();
  }

  /** Of the visitor's page; there must be one. */
  reading(facts: LiveFacts, moment: Moment): AddressReading {
    const url = facts.url as string;
    const known = this.#remembered.get(url);
    if (known !== undefined) return known;
    const reading = {
      positions: this.numbers.map(({ index, read }) => index.positionOf(read(facts, moment))),
      holding: this.texts.map(({ index, read }) => index.testsFor(read(facts, moment))),
    };
    this.#remembered.set(url, reading);
    return reading;
  }
}
