import { StoreError } from '../../ports/store-error.ts';

/**
 * A row breaks a constraint; nothing of its statement was kept. `target` is what the database names: `table.column`
 * or an index, never a value.
 */
export class ConstraintError extends StoreError {
  readonly target: string;

  constructor(code: string, target: string) {
    super(code);
    this.name = 'ConstraintError';
    this.target = target;
  }
}

/** The driver's error without its message, which may quote what was bound. */
export function withoutValues(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return new StoreError('UNKNOWN');
  if (!code.startsWith('SQLITE_CONSTRAINT')) return new StoreError(code);
  return new ConstraintError(code, constraintTarget(String(message)));
}

/** From `UNIQUE constraint failed: users.id` or `... failed: index 'users_email'`. */
function constraintTarget(message: string): string {
  return /failed: (?:index ')?([\w.]+)/.exec(message)?.[1] ?? '';
}
