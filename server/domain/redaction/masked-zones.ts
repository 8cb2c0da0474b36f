import type { CompiledRule, Mask } from './compile.ts';

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

export function zonesOf(rules: readonly CompiledRule[], text: string): Zones {
  const zones: [number, number][] = [];
  const seen = new Set<string>();
  for (const { mask } of rules) {
    const key = `${mask.kept} ${mask.text}`;
    if (mask.text === '' || seen.has(key)) continue;
    seen.add(key);
    collect(mask, text, zones);
  }
  return new Zones(zones);
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
