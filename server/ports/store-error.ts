/**
 * The database failed in a way that its caller cannot mend. The message is constant and `code` names the
 * fault as the technology does (`MongoServerSelectionError`, `SQLITE_FULL`): a driver's own message may
 * quote values, so it is left behind.
 */
export class StoreError extends Error {
  readonly code: string;

  constructor(code: string) {
    super('the store failed');
    this.name = 'StoreError';
    this.code = code;
  }
}
