/**
 * A database failed in a way that no caller can be blamed for. It carries the driver's code and nothing else: a
 * driver's own message may quote a value, and an error may be logged.
 */
export class StoreError extends Error {
  readonly code: string;

  constructor(code: string) {
    super('the store failed');
    this.name = 'StoreError';
    this.code = code;
  }
}
