import type { ActivityRecord } from '../domain/index.ts';
import type { ActivityStore, StorePage } from '../ports/index.ts';
import type { RecordAlarm } from './record-alarm.ts';
import type { RecordSeal } from './record-seal.ts';

const KIND = 'activity';
const MARK = '.';

/**
 * Entries of the activity log, each kept under an id that ends with a MAC of who connected, when and from where: nobody who
 * can write to the database alone can make it speak of another. When a connection ended and when its entry ends are
 * under none; that an entry was taken away does not show.
 */
export class GuardedActivity implements ActivityStore {
  readonly #inner: ActivityStore;
  readonly #seal: RecordSeal;
  readonly #alarm: RecordAlarm;
  /** Under which ids the connections that are open now are kept. */
  readonly #open = new Map<string, string>();

  constructor(inner: ActivityStore, deps: { seal: RecordSeal; alarm: RecordAlarm }) {
    this.#inner = inner;
    this.#seal = deps.seal;
    this.#alarm = deps.alarm;
  }

  async append(records: readonly ActivityRecord[]): Promise<void> {
    const kept = await Promise.all(
      records.map(async (record) => ({
        ...record,
        id: `${record.id}${MARK}${await this.#seal.mac(KIND, contentOf(record))}`,
      })),
    );
    await this.#inner.append(kept);
    for (const [index, { id, disconnectedAt }] of records.entries()) {
      const keptId = kept[index]?.id;
      if (keptId !== undefined && disconnectedAt === undefined) this.#open.set(id, keptId);
    }
  }

  async disconnected(ends: readonly { id: string; at: number }[]): Promise<void> {
    await this.#inner.disconnected(ends.map(({ id, at }) => ({ id: this.#open.get(id) ?? id, at })));
    for (const { id } of ends) this.#open.delete(id);
  }

  /** @throws Refusal `record.tampered` */
  async find(query: Parameters<ActivityStore['find']>[0]): Promise<StorePage<ActivityRecord>> {
    const page = await this.#inner.find(query);
    return { ...page, items: await Promise.all(page.items.map((kept) => this.#opened(kept))) };
  }

  deleteByIp(accountId: string, ip: string): Promise<number> {
    return this.#inner.deleteByIp(accountId, ip);
  }

  deleteOf(query: { accountId: string; sessionId?: string }): Promise<number> {
    return this.#inner.deleteOf(query);
  }

  async #opened(kept: ActivityRecord): Promise<ActivityRecord> {
    const at = kept.id.indexOf(MARK);
    const record = { ...kept, id: kept.id.slice(0, Math.max(at, 0)) };
    if (await this.#seal.holds(KIND, contentOf(record), kept.id.slice(at + 1))) return record;
    throw this.#alarm.raise(KIND, record.id, 'altered');
  }
}

function contentOf({ id, accountId, sessionId, ip, userAgent, connectedAt }: ActivityRecord): object {
  return { id, accountId, sessionId, ip, userAgent, connectedAt };
}
