/** A key, or two keys one after the other (`g i`), that does something. */
export interface Shortcut {
  readonly keys: string;
  readonly about: string;
  readonly group: string;
  readonly run: () => void;
}

export interface KeyPress {
  readonly key: string;
  /** Ctrl, Alt or Meta is held, or the key is being composed: not ours. */
  readonly modified: boolean;
  /** The focus is where characters are typed. */
  readonly typing: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A second key counts as part of a sequence for this long. */
const SEQUENCE_MS = 1_200;

/** Finds the shortcut that a key press completes; keeps the first key of a sequence between presses. */
export class ShortcutMatcher {
  #first: { key: string; at: number } | undefined;

  match(press: KeyPress, shortcuts: readonly Shortcut[]): Shortcut | undefined {
    if (press.modified || press.typing) {
      this.#first = undefined;
      return undefined;
    }
    const first = this.#first;
    this.#first = undefined;
    const started = first !== undefined && press.at - first.at <= SEQUENCE_MS ? `${first.key} ` : '';
    const found = shortcuts.find(({ keys }) => keys === `${started}${press.key}`);
    if (found !== undefined) return found;
    if (shortcuts.some(({ keys }) => keys.startsWith(`${press.key} `))) {
      this.#first = { key: press.key, at: press.at };
    }
    return undefined;
  }
}
