/**
 * The one global that the widget has: a function, which a page may define as a stub before the script is
 * there. The stub collects calls in `q`; the script runs them and takes its place.
 */
export interface Engage {
  (...command: unknown[]): void;
  q?: { push(command: ArrayLike<unknown>): unknown };
  /** True from the first run of the script until `destroy`. */
  live?: boolean;
}

declare global {
  interface Window {
    Engage?: Engage;
  }
}
