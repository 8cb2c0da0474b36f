import {
  type DataKeyRecord,
  INSTANCE,
  type NamedKeyRecord,
  sessionOfKey,
  visitorKeyName,
} from '../domain/index.ts';
import { IntegrityError, WrongKeyError } from '../ports/index.ts';
import type { Guard } from './guarded-stores.ts';
import type { KeyVault } from './key-vault.ts';
import type { RecordFault } from './record-alarm.ts';
import type { FaultyRecord } from './record-check.ts';
import { accountIds, conversationsOf, pages } from './stored-records.ts';

export interface KeyCheckDeps {
  readonly guard: Guard;
  readonly vault: Pick<KeyVault, 'checkAccountKey' | 'checkDataKey' | 'openNamedKey'>;
  /** Purposes of keys that every deployment has. */
  readonly required: readonly string[];
  readonly now: () => number;
}

/**
 * Whether every stored key opens, what a data key was known to open is there, and what is there has its key or was
 * erased.
 */
export async function* checkKeys(deps: KeyCheckDeps): AsyncGenerator<FaultyRecord> {
  const { raw } = deps.guard;
  yield* checkNamedKeys(deps, INSTANCE);
  for (const purpose of deps.required) {
    if ((await raw.namedKeys.get(INSTANCE, purpose)) === undefined)
      yield { kind: 'namedKeys', id: INSTANCE, fault: 'missing' };
  }
  for await (const accountId of accountIds(deps.guard)) {
    for (const key of await raw.accountKeys.versions(accountId)) {
      if (await fails(() => deps.vault.checkAccountKey(key)))
        yield { kind: 'accountKeys', id: accountId, fault: 'altered' };
    }
    yield* checkNamedKeys(deps, accountId);
  }
  for await (const keys of pages(raw.dataKeys)) for (const key of keys) yield* checkDataKey(deps, key);
  yield* missingKeys(deps);
}

async function* checkNamedKeys({ guard, vault }: KeyCheckDeps, owner: string): AsyncGenerator<FaultyRecord> {
  for (const key of await guard.raw.namedKeys.list(owner)) {
    if (
      await failsNow(
        () => vault.openNamedKey(key),
        () => guard.raw.namedKeys.get(owner, key.purpose),
        key,
      )
    )
      yield { kind: 'namedKeys', id: owner, fault: 'altered' };
  }
}

async function* checkDataKey(deps: KeyCheckDeps, key: DataKeyRecord): AsyncGenerator<FaultyRecord> {
  const { guard, vault, now } = deps;
  const { conversationId: id, accountId, expiresAt } = key;
  if (expiresAt <= now()) return;
  if (
    await failsNow(
      () => vault.checkDataKey(key),
      () => guard.raw.dataKeys.get(id),
      key,
    )
  )
    yield { kind: 'dataKeys', id, fault: 'altered' };
  if (sessionOfKey(id) !== undefined) return;
  const reach = await reachOf(guard, id);
  if (reach === undefined) yield { kind: 'dataKeys', id, fault: 'altered' };
  else {
    const missing = (kind: string): FaultyRecord => ({ kind, id, fault: 'missing' });
    const isGone = async (found: unknown) =>
      found === undefined && (await guard.raw.dataKeys.get(id)) !== undefined;
    if (reach.version > 0 && (await isGone(await guard.raw.conversations.get(accountId, id))))
      yield missing('conversations');
    if (reach.profile > 0 && (await isGone(await guard.raw.profiles.get(id)))) yield missing('profiles');
  }
}

/** Of conversations and visits whose key is gone though they have not ended and were not erased. */
async function* missingKeys(deps: KeyCheckDeps): AsyncGenerator<FaultyRecord> {
  const { guard, now } = deps;
  const isLost = async (name: string, of: { id: string; accountId: string; expiresAt: number }) =>
    of.expiresAt > now() &&
    (await guard.raw.dataKeys.get(name)) === undefined &&
    !(await isErased(guard, [of.id, of.accountId]));
  const fault: RecordFault = 'missing';
  for await (const conversation of conversationsOf(guard)) {
    const { id } = conversation;
    if (await isLost(id, conversation)) yield { kind: 'dataKeys', id, fault };
  }
  for await (const records of pages(guard.raw.entities.visitorRecords)) {
    for (const record of records) {
      const name = visitorKeyName(record.id);
      if (await isLost(name, record)) yield { kind: 'dataKeys', id: name, fault };
    }
  }
}

async function isErased({ raw }: Guard, ids: readonly string[]): Promise<boolean> {
  for await (const things of pages(raw.erasureList))
    if (things.some(({ id }) => ids.includes(id))) return true;
  return false;
}

async function reachOf({ floors }: Guard, keyName: string) {
  try {
    return await floors.reachOf(keyName);
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}

/** A rotation beside may wrap a key anew, and retire what it was under: only what has not changed is wrong. */
async function failsNow<Key extends DataKeyRecord | NamedKeyRecord>(
  open: () => Promise<unknown>,
  again: () => Promise<Key | undefined>,
  key: Key,
): Promise<boolean> {
  if (!(await fails(open))) return false;
  const standing = await again();
  return standing !== undefined && Buffer.compare(standing.wrapped, key.wrapped) === 0;
}

async function fails(open: () => Promise<unknown>): Promise<boolean> {
  try {
    await open();
    return false;
  } catch (error) {
    if (error instanceof IntegrityError || error instanceof WrongKeyError) return true;
    throw error;
  }
}
