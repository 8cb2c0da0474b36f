import { Refusal } from '../../domain/index.ts';
import { UniqueViolation } from '../../ports/entity-stores.ts';
import { StoreError } from '../../ports/store-error.ts';

/** MongoDB's code for a value that a unique index holds already. */
export const DUPLICATE_KEY = 11_000;
const UPSERT_ATTEMPTS = 3;

/** Whether the driver reports that a unique index holds the value already. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY;
}

/** The first field of the unique index that a duplicate-key error names; `id` for the primary key. */
export function duplicateField(error: unknown): string {
  const pattern = error instanceof Error && 'keyPattern' in error ? error.keyPattern : undefined;
  const field = typeof pattern === 'object' && pattern !== null ? Object.keys(pattern)[0] : undefined;
  return field === undefined || field === '_id' ? 'id' : field;
}

/**
 * Runs an upsert, and again when another one of the same key came first: MongoDB lets both look before
 * either inserts, and the unique index turns the later one away.
 */
export async function retryUpsert<T>(upsert: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await upsert();
    } catch (error) {
      if (!isDuplicateKey(error) || attempt === UPSERT_ATTEMPTS) throw error;
    }
  }
}

/** What leaves a store: its contract's own errors as they are, all others without the driver's words. */
export function toStoreError(error: unknown): Error {
  if (error instanceof StoreError || error instanceof UniqueViolation || error instanceof Refusal)
    return error;
  return new StoreError(faultName(error));
}

/** MongoDB's name of the fault, or else the class of the error: both constants of server and driver. */
function faultName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('codeName' in error && typeof error.codeName === 'string') return error.codeName;
  if ('code' in error && typeof error.code === 'number') return `${error.name}:${error.code}`;
  return error.name;
}

/** The same store, whose methods reject only with what {@link toStoreError} lets through. */
export function shielded<S extends object>(store: S): S {
  const entries = Object.entries(store).map(([name, member]) => [
    name,
    typeof member === 'function' ? shieldedMethod(member as AsyncMethod) : member,
  ]);
  return Object.fromEntries(entries) as S;
}

type AsyncMethod = (...parameters: unknown[]) => Promise<unknown>;

function shieldedMethod(method: AsyncMethod): AsyncMethod {
  return async (...parameters) => {
    try {
      return await method(...parameters);
    } catch (error) {
      throw toStoreError(error);
    }
  };
}
