import { DAY_MS, type KeptVisitor, Refusal, type VisitorRecord, visitorKeyName } from '../../domain/index.ts';
import type { KeyVault } from '../../pipeline/key-vault.ts';
import type { SealContext, Sealer } from '../../pipeline/seal.ts';
import {
  type Clock,
  type EntityStore,
  IntegrityError,
  type Logger,
  UniqueViolation,
} from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import { keptOf, type LiveVisitor, type LiveVisitors } from './live-visitors.ts';

const PART = 'visitor';
/** What changed since the last write is lost when the process is killed; a session is written this often at the most. */
const KEEP_MS = 30_000;
/** Sessions come due one after the other, as they came, and not all at once. */
const LOOK_MS = 1_000;
/** Writes under way at once. */
const WRITES = 16;
/** Keys that are looked for at once. */
const READS = 16;

/** What is kept of a session beside what its visitor did; each part names itself. */
export interface KeptParts {
  /** What the part keeps of the session; undefined when nothing. */
  keep(sessionId: string): unknown;
  /** What it knows of the session has reached its end. */
  forget(sessionId: string): void;
}

/** Everything of one session, as it is sealed. */
interface Kept extends KeptVisitor {
  readonly parts?: Readonly<Record<string, unknown>>;
}

export interface VisitorKeeperDeps {
  readonly records: EntityStore<VisitorRecord>;
  readonly live: LiveVisitors;
  readonly vault: Pick<KeyVault, 'createDataKey' | 'dataKey' | 'destroyDataKey'>;
  readonly sealer: Pick<Sealer, 'sealPart' | 'openPart'>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where the newest record of a session stands, and its opened key. */
interface Standing {
  readonly key: Uint8Array;
  readonly createdAt: number;
  version: number;
}

/**
 * Keeps what sessions gathered over restarts: sealed under a data key of each session's own, written together and
 * seldom, deleted with its key.
 */
export class VisitorKeeper {
  readonly #deps: VisitorKeeperDeps;
  readonly #standing = new Map<string, Standing>();
  readonly #writing = new Map<string, Promise<void>>();
  readonly #parts = new Map<string, KeptParts>();
  readonly #stops: readonly (() => void)[];
  #keeping = false;

  constructor(deps: VisitorKeeperDeps) {
    this.#deps = deps;
    const failed = (error: unknown) => deps.logger.error('visitors could not be kept', error);
    this.#stops = [
      deps.clock.every(LOOK_MS, () => void this.#keepDue().catch(failed)),
      deps.clock.every(KEEP_MS, () => void this.#forgetExpired().catch(failed)),
    ];
    deps.live.onForgotten(({ sessionId }) => this.#standing.delete(sessionId));
  }

  /** From here on the part's own is kept under its name. */
  register(name: string, part: KeptParts): void {
    this.#parts.set(name, part);
  }

  /** What was kept of a session, this node's memory not asked. A record that does not open counts as none. */
  async read(session: {
    accountId: string;
    sessionId: string;
  }): Promise<{ visitor: KeptVisitor; parts: Readonly<Record<string, unknown>> } | undefined> {
    const { accountId, sessionId } = session;
    try {
      const record = await this.#deps.records.get(sessionId);
      if (record === undefined || record.accountId !== accountId) return undefined;
      const key = await this.#deps.vault.dataKey(visitorKeyName(sessionId));
      if (key === undefined) return undefined;
      const { parts = {}, ...visitor } = this.#open(record, key);
      this.#standing.set(sessionId, { key, createdAt: record.createdAt, version: record.version });
      return { visitor, parts };
    } catch (error) {
      if (!isTampering(error)) throw error;
      this.#deps.logger.error('what was kept of a visitor does not open', error);
      return undefined;
    }
  }

  /**
   * Writes every session that changed, and forgets those whose time is over though their visitor is still there. One that
   * cannot be written is tried again the next time.
   */
  async flush(): Promise<void> {
    await this.#forgetExpired();
    await this.#saveAll(this.#unsavedSince(Number.POSITIVE_INFINITY));
  }

  /**
   * Changes the fields in what is kept of a session; answers whether it did. A record that another writer has
   * replaced meanwhile is left to them: what is live was changed before.
   */
  async rewriteFields(
    record: VisitorRecord,
    change: (fields: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const { accountId, id: sessionId, retainFrom, expiresAt } = record;
    const key = await this.#deps.vault.dataKey(visitorKeyName(sessionId));
    if (key === undefined) return false;
    const kept = this.#open(record, key);
    const fields = change(kept.fields);
    if (Object.keys(fields).length === Object.keys(kept.fields).length) return false;
    const context = contextOf({ accountId, sessionId, key, retainFrom, expiresAt });
    const sealed = this.#deps.sealer.sealPart(context, PART, { ...kept, fields });
    const next = { version: record.version + 1, updatedAt: this.#deps.clock.now() };
    return this.#deps.records.replace({
      ...record,
      ...next,
      sealed: Buffer.from(sealed).toString('base64'),
    });
  }

  /** The key first, then the record; answers whether there was one. Nothing of it is written after. */
  async erase(sessionId: string): Promise<boolean> {
    await this.#writing.get(sessionId);
    this.#standing.delete(sessionId);
    await this.#deps.vault.destroyDataKey(visitorKeyName(sessionId));
    return this.#deps.records.delete(sessionId);
  }

  /** Nothing is known of the session here any more, and nothing of before is written again. */
  forget(sessionId: string): void {
    this.#deps.live.unfollow(sessionId, true);
    this.#standing.delete(sessionId);
    for (const part of this.#parts.values()) part.forget(sessionId);
  }

  /** Forgets live sessions of the account whose key another node has destroyed. */
  async forgetErased(accountId: string): Promise<void> {
    const kept = [...this.#deps.live.all()].filter(
      (visitor) =>
        visitor.accountId === accountId && (this.#standing.get(visitor.sessionId)?.version ?? 0) > 0,
    );
    for (let at = 0; at < kept.length; at += READS) {
      await Promise.all(kept.slice(at, at + READS).map(({ sessionId }) => this.#forgetIfErased(sessionId)));
    }
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** A store that is slow is not asked for more. */
  async #keepDue(): Promise<void> {
    if (this.#keeping) return;
    this.#keeping = true;
    try {
      await this.#saveAll(this.#unsavedSince(this.#deps.clock.now() - KEEP_MS));
    } finally {
      this.#keeping = false;
    }
  }

  async #forgetIfErased(sessionId: string): Promise<void> {
    if ((await this.#deps.vault.dataKey(visitorKeyName(sessionId))) === undefined) this.forget(sessionId);
  }

  /** Sessions that changed and were not written after that instant. */
  #unsavedSince(instant: number): LiveVisitor[] {
    const found: LiveVisitor[] = [];
    for (const visitor of this.#deps.live.all()) {
      if (visitor.unsaved && visitor.savedAt <= instant) found.push(visitor);
    }
    return found;
  }

  async #saveAll(visitors: readonly LiveVisitor[]): Promise<void> {
    for (let at = 0; at < visitors.length; at += WRITES) {
      await Promise.all(visitors.slice(at, at + WRITES).map((visitor) => this.#save(visitor)));
    }
  }

  async #save(visitor: LiveVisitor): Promise<void> {
    if (!visitor.unsaved) return;
    visitor.unsaved = false;
    visitor.savedAt = this.#deps.clock.now();
    const before = this.#writing.get(visitor.sessionId) ?? Promise.resolve();
    const writing = before
      .then(() => this.#write(visitor))
      .catch((error) => {
        visitor.unsaved = true;
        this.#deps.logger.error('a visitor could not be kept', error);
      });
    this.#writing.set(visitor.sessionId, writing);
    await writing;
    if (this.#writing.get(visitor.sessionId) === writing) this.#writing.delete(visitor.sessionId);
  }

  /** No retention is shorter than a day. */
  async #forgetExpired(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const visitor of [...this.#deps.live.all()]) {
      if (now - visitor.startedAt < DAY_MS || (await this.#lifeOf(visitor)).expiresAt > now) continue;
      this.forget(visitor.sessionId);
    }
  }

  async #lifeOf({ accountId, startedAt }: LiveVisitor): Promise<{ retainFrom: number; expiresAt: number }> {
    const { transcriptRetentionDays } = await this.#deps.settings.get(accountId);
    return { retainFrom: startedAt, expiresAt: startedAt + transcriptRetentionDays * DAY_MS };
  }

  async #write(visitor: LiveVisitor): Promise<void> {
    const { accountId, sessionId } = visitor;
    const life = await this.#lifeOf(visitor);
    const now = this.#deps.clock.now();
    if (life.expiresAt <= now) return;
    const standing = this.#standing.get(sessionId) ?? (await this.#begin(visitor, life));
    const context = contextOf({ accountId, sessionId, key: standing.key, ...life });
    const record: VisitorRecord = {
      id: sessionId,
      accountId,
      version: standing.version + 1,
      createdAt: standing.createdAt,
      updatedAt: now,
      sealed: Buffer.from(this.#deps.sealer.sealPart(context, PART, this.#keptOf(visitor))).toString(
        'base64',
      ),
      ...life,
    };
    if (await this.#put(record)) standing.version = record.version;
    else await this.#takeUp(visitor, { wasThere: standing.version > 0 });
  }

  #keptOf(visitor: LiveVisitor): Kept {
    const parts = [...this.#parts].map(([name, part]) => [name, part.keep(visitor.sessionId)] as const);
    const given = parts.filter(([, part]) => part !== undefined);
    return { ...keptOf(visitor), ...(given.length > 0 && { parts: Object.fromEntries(given) }) };
  }

  async #begin(
    { accountId, sessionId }: LiveVisitor,
    life: { retainFrom: number; expiresAt: number },
  ): Promise<Standing> {
    const key = await this.#deps.vault.createDataKey({
      accountId,
      conversationId: visitorKeyName(sessionId),
      ...life,
    });
    const standing = { key, createdAt: this.#deps.clock.now(), version: 0 };
    this.#standing.set(sessionId, standing);
    return standing;
  }

  async #put(record: VisitorRecord): Promise<boolean> {
    if (record.version > 1) return this.#deps.records.replace(record);
    return this.#deps.records.insert(record).then(
      () => true,
      (error) => {
        if (error instanceof UniqueViolation) return false;
        throw error;
      },
    );
  }

  /**
   * Somebody else wrote it: the next write begins from what stands. When nothing stands where something was, it was
   * erased or purged elsewhere, and so is what is known of it here.
   */
  async #takeUp(visitor: LiveVisitor, { wasThere }: { wasThere: boolean }): Promise<void> {
    const { accountId, sessionId } = visitor;
    this.#standing.delete(sessionId);
    const stands = await this.read({ accountId, sessionId });
    if (wasThere && stands === undefined) this.forget(sessionId);
    else visitor.unsaved = true;
  }

  #open(record: VisitorRecord, key: Uint8Array): Kept {
    const { accountId, id: sessionId, retainFrom, expiresAt } = record;
    const context = contextOf({ accountId, sessionId, key, retainFrom, expiresAt });
    return this.#deps.sealer.openPart(context, PART, Buffer.from(record.sealed, 'base64')) as Kept;
  }
}

function isTampering(error: unknown): boolean {
  return error instanceof IntegrityError || (error instanceof Refusal && error.code === 'record.tampered');
}

function contextOf(of: Omit<SealContext, 'conversationId'> & { sessionId: string }): SealContext {
  const { sessionId, ...context } = of;
  return { ...context, conversationId: visitorKeyName(sessionId) };
}
