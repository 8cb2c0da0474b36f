import type { Mask } from './compile.ts';

/** Where masks of these rules stand in a text. A match wholly inside one is what redaction left, and is let be. */
export class Zones {
  readonly #starts: readonly number[];
  readonly #ends: readonly number[];

  constructor(zones: readonly (readonly [start: number, end: number])[]) {
    const sorted = [...zones].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    this.#starts = sorted.map(([start]) => start);
    let furthest = 0;
    // The furthest end so far: zones of different masks may overlap.
    this.#ends = sorted.map(([, end]) => {
      furthest = Math.max(furthest, end);
      return furthest;
    });
  }

  get isEmpty(): boolean {
    return this.#starts.length === 0;
  }

  hold(start: number, end: number): boolean {
    let low = 0;
    for (let high = this.#starts.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    return low > 0 && end <= (this.#ends[low - 1] ?? 0);
  }
}

const NO_ZONES = new Zones([]);

export function zonesOf(masks: readonly Mask[], text: string): Zones {
  const zones: [number, number][] = [];
  for (const mask of masks) collect(mask, text, zones);
  return zones.length === 0 ? NO_ZONES : new Zones(zones);
}

function collect(mask: Mask, text: string, zones: [number, number][]): void {
  const unit = mask.repeats ?? mask.text;
  for (let at = text.indexOf(unit); at >= 0; ) {
    let end = at + unit.length;
    while (mask.repeats !== undefined && text.startsWith(unit, end)) end += unit.length;
    zones.push([at, keptEnd(text, end, mask.kept)]);
    at = text.indexOf(unit, end);
  }
}

/** The end of what a mask may have left behind it, in characters. */
function keptEnd(text: string, from: number, kept: number): number {
  let end = from;
  for (let count = 0; count < kept && end < text.length; count++) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return end;
}
