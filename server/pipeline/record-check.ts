import type { Conversation, Entity, ErasedScope, RecordFloor } from '../domain/index.ts';
import { type EntityStores, IntegrityError } from '../ports/index.ts';
import { ACTIVITY } from './guarded-activity.ts';
import type { Guard } from './guarded-stores.ts';
import type { RecordFault } from './record-alarm.ts';
import { accountIds, conversationsOf, KINDS, pages, storeOf } from './stored-records.ts';

const PAGE = 200;
const LOOKS = 3;

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
  for await (const entries of pages(guard.raw.activity)) {
    for (const { id } of entries) {
      const fault = await activityFaultNow(guard, id);
      if (fault !== undefined) yield { kind: ACTIVITY, id, fault };
    }
  }
  yield* checkErasureList(guard);
  for (const kind of await guard.raw.brokenIndexes()) yield { kind, id: 'index', fault: 'altered' };
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
      if (floor.kind === ACTIVITY) yield* missingActivity(guard, floor.id);
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

async function* missingActivity(guard: Guard, id: string): AsyncGenerator<FaultyRecord> {
  const fault = (await guard.raw.activity.get(id)) === undefined && (await activityFaultNow(guard, id));
  if (fault) yield { kind: ACTIVITY, id, fault };
}

async function activityFaultNow({ raw, activity }: Guard, id: string): Promise<RecordFault | undefined> {
  let fault: RecordFault | undefined;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const floor = await activity.floors.get(id);
    const kept = await raw.activity.get(id);
    fault = kept === undefined ? await activity.floors.fault(undefined, floor) : await activity.faultOf(kept);
    if (fault === undefined) return undefined;
  }
  return fault;
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
