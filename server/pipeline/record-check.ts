import type { Conversation, Entity, ErasedScope, RecordFloor } from '../domain/index.ts';
import {
  ENTITY_SPECS,
  type EntityStore,
  type EntityStores,
  IntegrityError,
  type StorePage,
} from '../ports/index.ts';
import type { Guard } from './guarded-stores.ts';
import type { RecordFault } from './record-alarm.ts';

const PAGE = 200;
const LOOKS = 3;
const KINDS = Object.keys(ENTITY_SPECS) as (keyof EntityStores)[];

/** A record that is not as it was written. */
export interface FaultyRecord {
  readonly kind: string;
  readonly id: string;
  readonly fault: RecordFault;
}

/** Goes through everything that a guard checks, with nothing changed. */
export async function* checkRecords(guard: Guard): AsyncGenerator<FaultyRecord> {
  for (const kind of KINDS) yield* checkKind(guard, kind);
  yield* missingRecords(guard);
  for await (const conversation of conversationsOf(guard)) {
    const fault = await faultOfConversation(guard, conversation);
    if (fault !== undefined) yield { kind: 'conversations', id: conversation.id, fault };
  }
  yield* checkPresences(guard);
  yield* checkErasureList(guard);
}

/**
 * Notes floors anew from what stands, as after a restore, which has put back older records of right. Answers how many
 * records were left without, because they are not what was written.
 */
export async function settleFloors(guard: Guard): Promise<number> {
  await guard.records.clear();
  let left = 0;
  for (const kind of KINDS) {
    const guarded = guard.entities[kind];
    for await (const items of guard.entities[kind].pages()) {
      const whole = await filtered(items, (item) => guarded.isWhole(item));
      await guard.records.put(await Promise.all(whole.map((item) => guarded.floors.of(item, true))));
      left += items.length - whole.length;
    }
  }
  for await (const conversation of conversationsOf(guard)) {
    const { id, version, anchor } = conversation;
    if (await guard.conversations.isWhole(conversation))
      guard.floors.note(id, { version, seq: anchor?.seq ?? 0 });
    else left += 1;
  }
  for await (const accountId of accountIds(guard)) {
    const chain = await guard.raw.audit.chain(accountId);
    if (chain !== undefined) guard.floors.noteAudit(accountId, chain.head.seq);
  }
  await guard.floors.writeAll();
  return left;
}

/**
 * Puts the seal of this deployment on what another one had erased, whose list outlived a restore over it. All of it is
 * honoured: what was erased stays erased, and to add to the list gains nothing that deleting would not. Answers how much
 * there was.
 */
export async function sealErasureList({ raw, erasureList }: Guard): Promise<number> {
  let sealed = 0;
  for await (const items of pages(raw.erasureList)) {
    const whole = await Promise.all(items.map((thing) => erasureList.isWhole(thing)));
    const strange = items.filter((_, index) => whole[index] === false);
    await erasureList.put(strange.map(({ id, kind, accountId, at }) => ({ id, kind, accountId, at })));
    sealed += strange.length;
  }
  return sealed;
}

/** Seals what carries no seal: records of a release before there was one. Answers how many. */
export async function adoptRecords(guard: Guard): Promise<number> {
  let adopted = 0;
  for (const kind of KINDS) {
    for await (const items of guard.entities[kind].pages()) {
      for (const item of items.filter(isBare)) {
        const next = await guard.entities[kind].seal({ ...item, version: item.version + 1 });
        if (await storeOf(guard, kind).replace(next)) adopted += 1;
      }
    }
  }
  for await (const conversation of conversationsOf(guard)) {
    if (!isBare(conversation)) continue;
    const next = await guard.conversations.seal({ ...conversation, version: conversation.version + 1 });
    if (await guard.raw.conversations.replace(next)) adopted += 1;
  }
  adopted += await sealErasureList(guard);
  await settleFloors(guard);
  return adopted;
}

/** Takes one entity as it stands now for what it should be, after somebody has looked at it; one that is gone, too. */
export async function acceptRecord(guard: Guard, kind: string, id: string): Promise<boolean> {
  const known = KINDS.find((one) => one === kind);
  if (known === undefined) return false;
  const [store, guarded] = [storeOf(guard, known), guard.entities[known]];
  const stored = await store.get(id);
  const floor = await guard.records.get(kind, id);
  if (stored === undefined) {
    await guard.records.remove(kind, [id]);
    return floor !== undefined;
  }
  const version = stored.version + 1;
  const next = { ...stored, version };
  if (!(await store.replace(await guarded.seal(next)))) return false;
  await guard.records.remove(kind, [id]);
  await guard.records.put([await guarded.floors.of(next, true)]);
  return true;
}

async function* checkKind(guard: Guard, kind: keyof EntityStores): AsyncGenerator<FaultyRecord> {
  for await (const items of guard.entities[kind].pages()) {
    const found = await guard.records.all(
      kind,
      items.map(({ id }) => id),
    );
    const floors = new Map(found.map((floor) => [floor.id, floor]));
    for (const item of items) {
      const fault =
        (await faultOfEntity(guard, kind, item, floors.get(item.id))) &&
        (await faultNow(guard, kind, item.id));
      if (fault !== undefined) yield { kind, id: item.id, fault };
    }
  }
}

async function faultOfEntity(
  guard: Guard,
  kind: keyof EntityStores,
  item: Entity | undefined,
  floor: RecordFloor | undefined,
): Promise<RecordFault | undefined> {
  const guarded = guard.entities[kind];
  if (item !== undefined && !(await guarded.isWhole(item))) return 'altered';
  return guarded.floors.fault(item, floor);
}

/** What is seen beside a running server may have changed between two looks: only what stays wrong is wrong. */
async function faultNow(
  guard: Guard,
  kind: keyof EntityStores,
  id: string,
): Promise<RecordFault | undefined> {
  let fault: RecordFault | undefined;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const floor = await guard.records.get(kind, id);
    fault = await faultOfEntity(guard, kind, await storeOf(guard, kind).get(id), floor);
    if (fault === undefined) return undefined;
  }
  return fault;
}

/** Floors whose record is not there. */
async function* missingRecords(guard: Guard): AsyncGenerator<FaultyRecord> {
  let cursor: string | undefined;
  do {
    const page = await guard.records.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    for (const floor of page.items) {
      const kind = KINDS.find((one) => one === floor.kind);
      if (kind === undefined || (await storeOf(guard, kind).get(floor.id)) !== undefined) continue;
      const fault = await faultNow(guard, kind, floor.id);
      if (fault !== undefined) yield { kind, id: floor.id, fault };
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** Who has chats has a presence too. Where an older one was put back, the server that knows the newer one finds it. */
async function* checkPresences(guard: Guard): AsyncGenerator<FaultyRecord> {
  for await (const accountId of accountIds(guard)) {
    for (const stored of await guard.raw.presence.list(accountId)) {
      if (!(await guard.presence.isWhole(stored)))
        yield { kind: 'agentPresence', id: stored.agentId, fault: 'altered' };
    }
  }
}

/** What a certificate says was erased stands on the list by which a restore drops it. */
async function* checkErasureList(guard: Guard): AsyncGenerator<FaultyRecord> {
  const missing = new Set<string>();
  for await (const items of pages(guard.raw.entities.erasureCertificates)) {
    for (const { statement, accountId } of items) {
      const id = erasedId(statement.scope, accountId);
      if (id !== undefined) missing.add(id);
    }
  }
  for await (const items of pages(guard.raw.erasureList)) {
    for (const thing of items) {
      missing.delete(thing.id);
      if (!(await guard.erasureList.isWhole(thing)))
        yield { kind: 'erasureList', id: thing.id, fault: 'altered' };
    }
  }
  for (const id of missing) yield { kind: 'erasureList', id, fault: 'missing' };
}

async function faultOfConversation(
  guard: Guard,
  { accountId, id }: Conversation,
): Promise<RecordFault | undefined> {
  try {
    // First how far it was known to be: what is written meanwhile is beyond that.
    const { version, seq } = await guard.floors.reachOf(id);
    const conversation = await guard.raw.conversations.get(accountId, id);
    if (conversation === undefined) return undefined;
    if (!(await guard.conversations.isWhole(conversation))) return 'altered';
    const last = await guard.raw.messages.last(id);
    const goes = (await guard.raw.dataKeys.get(id)) === undefined;
    return !goes && (conversation.version < version || (last?.seq ?? 0) < seq) ? 'older' : undefined;
  } catch (error) {
    if (error instanceof IntegrityError) return 'altered';
    throw error;
  }
}

async function* conversationsOf(guard: Guard): AsyncGenerator<Conversation> {
  for await (const accountId of accountIds(guard)) {
    let cursor: string | undefined;
    do {
      const query = { accountId, limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const page = await guard.raw.conversations.list(query);
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
}

async function* accountIds(guard: Guard): AsyncGenerator<string> {
  for await (const items of pages(guard.raw.entities.accounts)) yield* items.map(({ id }) => id);
}

async function* pages<T>(store: {
  list(query: { limit: number; cursor?: string }): Promise<StorePage<T>>;
}): AsyncGenerator<readonly T[]> {
  let cursor: string | undefined;
  do {
    const page = await store.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

async function filtered<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}

function storeOf(guard: Guard, kind: keyof EntityStores) {
  return guard.raw.entities[kind] as unknown as EntityStore<Entity>;
}

function isBare(stored: object): boolean {
  return !('mac' in stored);
}

/** What stands on the list for what a certificate names; a subject's conversations and visits stand there one by one. */
function erasedId(scope: ErasedScope, accountId: string): string | undefined {
  switch (scope.kind) {
    case 'conversation':
      return scope.conversationId;
    case 'visitor':
      return scope.sessionId;
    case 'account':
      return accountId;
    default:
      return undefined;
  }
}
