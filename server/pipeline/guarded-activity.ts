import type { ActivityRecord, Entity, RecordFloor } from '../domain/index.ts';
import type { ActivityStore, StorePage } from '../ports/index.ts';
import type { EntityFloors } from './entity-floors.ts';
import type { RecordAlarm, RecordFault } from './record-alarm.ts';
import type { RecordSeal } from './record-seal.ts';

export const ACTIVITY = 'activity';
const PAGE = 200;
/** What is read may be deleted or ended meanwhile: only what stays wrong is wrong. */
const LOOKS = 3;

type Whose = { readonly accountId: string; readonly sessionId?: string; readonly ip?: string };

/**
 * Entries of the activity log under a seal, with floors: nobody who can write to the database alone can make one speak of
 * another, put it back, or take it away unseen. When its connection ends an entry gets its second version.
 */
export class GuardedActivity implements ActivityStore {
  readonly floors: EntityFloors;
  readonly #inner: ActivityStore;
  readonly #seal: RecordSeal;
  readonly #alarm: RecordAlarm;
  /** Entries of connections that are open now. */
  readonly #open = new Map<string, ActivityRecord>();
  /** What came or changed while entries are being deleted, of each such deletion. */
  readonly #meanwhile = new Set<Set<string>>();

  constructor(inner: ActivityStore, deps: { seal: RecordSeal; alarm: RecordAlarm; floors: EntityFloors }) {
    this.#inner = inner;
    this.#seal = deps.seal;
    this.#alarm = deps.alarm;
    this.floors = deps.floors;
  }

  async append(records: readonly ActivityRecord[]): Promise<void> {
    const begun = records.map((record) => this.floors.of(asEntity(record), false));
    await this.floors.put(await Promise.all(begun));
    await this.#inner.append(await Promise.all(records.map((record) => this.seal(record))));
    for (const record of records) {
      if (record.disconnectedAt === undefined) this.#open.set(record.id, record);
      await this.#settle(record);
    }
  }

  async disconnected(ends: readonly { id: string; at: number }[]): Promise<void> {
    const ended = ends.flatMap(({ id, at }): readonly ActivityRecord[] => {
      const record = this.#open.get(id);
      return record === undefined ? [] : [{ ...record, disconnectedAt: at }];
    });
    const sealed = await Promise.all(ended.map((record) => this.seal(record)));
    await this.#inner.disconnected(
      sealed.map(({ id, disconnectedAt: at = 0, mac }) => ({ id, at, ...(mac !== undefined && { mac }) })),
    );
    // One that is not open any more was deleted meanwhile.
    for (const record of ended) if (this.#open.delete(record.id)) await this.#settle(record);
  }

  /** @throws Refusal `record.tampered` */
  async find(query: Parameters<ActivityStore['find']>[0]): Promise<StorePage<ActivityRecord>> {
    for (let looks = 1; ; looks += 1) {
      const page = await this.#inner.find(query);
      const fault = await this.#faultIn(page.items);
      if (fault === undefined) return { ...page, items: page.items.map(opened) };
      if (looks === LOOKS) throw this.#alarm.raise(ACTIVITY, fault.id, fault.fault);
    }
  }

  async get(id: string): Promise<ActivityRecord | undefined> {
    const kept = await this.#inner.get(id);
    return kept && opened(kept);
  }

  async list(query: Parameters<ActivityStore['list']>[0]): Promise<StorePage<ActivityRecord>> {
    const page = await this.#inner.list(query);
    return { ...page, items: page.items.map(opened) };
  }

  deleteByIp(accountId: string, ip: string): Promise<number> {
    return this.#deleted({ accountId, ip }, () => this.#inner.deleteByIp(accountId, ip));
  }

  deleteOf({ accountId, sessionId }: { accountId: string; sessionId?: string }): Promise<number> {
    const whose = { accountId, ...(sessionId !== undefined && { sessionId }) };
    return this.#deleted(whose, () => this.#inner.deleteOf(whose));
  }

  async seal(record: ActivityRecord): Promise<ActivityRecord> {
    return { ...record, mac: await this.#seal.mac(ACTIVITY, contentOf(record)) };
  }

  floorOf(record: ActivityRecord): Promise<RecordFloor> {
    return this.floors.of(asEntity(record), true);
  }

  /** What is wrong with a kept entry, if anything. */
  async faultOf(kept: ActivityRecord): Promise<RecordFault | undefined> {
    if (!(await this.#seal.holds(ACTIVITY, contentOf(kept), kept.mac))) return 'altered';
    return this.floors.fault(asEntity(kept), await this.floors.get(kept.id));
  }

  async #faultIn(items: readonly ActivityRecord[]) {
    for (const kept of items) {
      const fault = await this.faultOf(kept);
      if (fault !== undefined) return { id: kept.id, fault };
    }
    return undefined;
  }

  async #settle(record: ActivityRecord): Promise<void> {
    for (const ids of this.#meanwhile) ids.add(record.id);
    await this.floors.settle(await this.floorOf(record));
  }

  async #deleted(whose: Whose, work: () => Promise<number>): Promise<number> {
    const meanwhile = new Set<string>();
    this.#meanwhile.add(meanwhile);
    try {
      const ids = await this.#idsOf(whose);
      await this.floors.unsettle(ids);
      const deleted = await work();
      for (const [id, record] of this.#open) if (isOf(record, whose)) this.#open.delete(id);
      for (const id of meanwhile) if ((await this.#inner.get(id)) === undefined) ids.push(id);
      await this.floors.forget(ids);
      return deleted;
    } finally {
      this.#meanwhile.delete(meanwhile);
    }
  }

  async #idsOf(whose: Whose): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { ...whose, limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const isOfAll = whose.sessionId === undefined && whose.ip === undefined;
      const page = isOfAll ? await this.#inner.list(query) : await this.#inner.find(query);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return ids;
  }
}

/** As its floor sees it. */
function asEntity({ id, accountId, connectedAt, disconnectedAt, expiresAt }: ActivityRecord): Entity {
  const version = disconnectedAt === undefined ? 1 : 2;
  return { id, version, createdAt: connectedAt, updatedAt: connectedAt, accountId, expiresAt } as Entity;
}

function opened({ mac: _mac, ...record }: ActivityRecord): ActivityRecord {
  return record;
}

/** The end of its life follows a changed retention. */
function contentOf({ mac: _mac, expiresAt: _end, ...content }: ActivityRecord): object {
  return content;
}

function isOf(record: ActivityRecord, { accountId, sessionId, ip }: Whose): boolean {
  return (
    record.accountId === accountId &&
    (sessionId === undefined || record.sessionId === sessionId) &&
    (ip === undefined || record.ip === ip)
  );
}
