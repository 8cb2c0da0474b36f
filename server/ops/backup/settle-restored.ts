import { type ErasedThing, type User, withoutMembership } from '../../domain/index.ts';
import type { Erasable, ErasureScope, Stores } from '../../ports/index.ts';

const PAGE = 200;
const PURGE_LIMIT = 1_000;

export interface SettleDeps {
  readonly stores: Stores;
  readonly erasables: readonly Erasable[];
  readonly now: () => number;
}

/** What was dropped after a restore. */
export interface Settled {
  readonly erased: number;
  /** Conversations whose key is in no copy: they were erased after the backup of the data. */
  readonly withoutKey: number;
  readonly expired: number;
}

/**
 * Brings a restored store up to what has happened since the backup: drops what is on the erasure list (the store's own
 * and the one of the key backup, which are one by now), what has no key any more, and what has expired.
 */
export async function settleRestored(deps: SettleDeps): Promise<Settled> {
  const erased = await eraseListed(deps);
  const withoutKey = await eraseWithoutKey(deps);
  let expired = 0;
  for (let purged = -1; purged !== 0; expired += purged) {
    const counts = await deps.stores.retention.purge(deps.now(), PURGE_LIMIT);
    purged = Object.values(counts).reduce((sum, count) => sum + count, 0);
  }
  await deps.stores.retention.forget();
  return { erased, withoutKey, expired };
}

async function eraseListed(deps: SettleDeps): Promise<number> {
  let erased = 0;
  let cursor: string | undefined;
  do {
    const page = await deps.stores.erasureList.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    for (const thing of page.items) erased += (await eraseAgain(deps, thing)) ? 1 : 0;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return erased;
}

/** Whether there was something of it. */
async function eraseAgain(deps: SettleDeps, { kind, id, accountId }: ErasedThing): Promise<boolean> {
  if (kind === 'conversation') return eraseConversation(deps, { accountId, id });
  if (kind === 'session') return eraseScope(deps, { kind, accountId, sessionId: id });
  const { stores } = deps;
  await stores.accountKeys.destroyAll(id);
  await stores.namedKeys.destroyAll(id);
  for await (const conversation of conversationsOf(stores, id)) await eraseConversation(deps, conversation);
  await eraseScope(deps, { kind, accountId: id });
  await endMemberships(deps, id);
  return stores.entities.accounts.delete(id);
}

/** Who works in no other account goes with it. */
async function endMemberships({ stores: { entities }, now }: SettleDeps, accountId: string): Promise<void> {
  const { users } = entities;
  const where = { 'memberships.accountId': accountId };
  for (;;) {
    const { items } = await users.list({ where, limit: PAGE });
    if (items.length === 0) return;
    for (const user of items) await endMembership(entities, user, { accountId, at: now() });
  }
}

/** With everything by which they could come in; sign-ins are in no backup. */
async function endMembership(
  entities: Stores['entities'],
  user: User,
  { accountId, at }: { accountId: string; at: number },
): Promise<void> {
  const next = withoutMembership(user, accountId, at);
  if (next.status !== 'ending') {
    await entities.users.replace(next);
    return;
  }
  await entities.secondFactors.delete(user.id);
  await entities.identityLinks.deleteWhere({ userId: user.id });
  await entities.passwordResets.deleteWhere({ userId: user.id });
  await entities.users.delete(user.id);
}

async function eraseWithoutKey(deps: SettleDeps): Promise<number> {
  const { stores } = deps;
  let erased = 0;
  let cursor: string | undefined;
  do {
    const accounts = await stores.entities.accounts.list({
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { id: accountId } of accounts.items) {
      for await (const { id } of conversationsOf(stores, accountId)) {
        if ((await stores.dataKeys.get(id)) !== undefined) continue;
        await eraseConversation(deps, { accountId, id });
        erased += 1;
      }
    }
    cursor = accounts.nextCursor;
  } while (cursor !== undefined);
  return erased;
}

async function* conversationsOf(stores: Stores, accountId: string) {
  let cursor: string | undefined;
  do {
    const page = await stores.conversations.list({
      accountId,
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

async function eraseConversation(
  deps: SettleDeps,
  { accountId, id }: { accountId: string; id: string },
): Promise<boolean> {
  const { stores } = deps;
  const conversation = await stores.conversations.get(accountId, id);
  const hadKey = await stores.dataKeys.destroy(id);
  const sessionId = conversation?.sessionId ?? '';
  const had = await eraseScope(deps, { kind: 'conversation', accountId, conversationId: id, sessionId });
  return (await stores.conversations.delete(accountId, id)) || hadKey || had;
}

async function eraseScope({ erasables }: SettleDeps, scope: ErasureScope): Promise<boolean> {
  let count = 0;
  for (const erasable of erasables) count += await erasable.erase(scope);
  return count > 0;
}
