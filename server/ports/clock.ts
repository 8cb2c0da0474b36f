/** Time and timers, so that tests own both. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once after `ms`; the answer cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back every `ms`; the answer stops it. */
  every(ms: number, callback: () => void): () => void;
}
