import { LRUCache } from 'lru-cache';
import { type KeyFloor, NO_REACH, type Reach, type RecordFloor } from '../domain/index.ts';
import { type Clock, type DataKeyStore, IntegrityError, type Logger } from '../ports/index.ts';
import type { LateFloors } from './late-floors.ts';
import type { RecordSeal } from './record-seal.ts';
import type { SealContext } from './seal.ts';

/** Floors are written this often; what was written since is short of no floor, should an older copy be put back after a kill. */
const NOTE_MS = 2_000;
const SEALED_AS = 'floor';
const AUDIT = 'auditChains';
const FILES = 'attachments';
/** Reaches that were written last, so that writing a further one reads nothing. */
const REMEMBERED = 20_000;

export interface FloorsDeps {
  readonly dataKeys: Pick<DataKeyStore, 'floor' | 'raise'>;
  readonly records: LateFloors;
  readonly seal: RecordSeal;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A file of a conversation. */
export interface FilePlace {
  readonly context: Pick<SealContext, 'conversationId' | 'expiresAt'>;
  readonly fileId: string;
}

/**
 * How far records were known to be, noted in the store of keys, away from the hot path: what is put back from an older
 * copy of the other stores falls short of it.
 */
export class Floors {
  readonly #deps: FloorsDeps;
  readonly #noted = new Map<string, Reach>();
  readonly #ends = new Map<string, number>();
  readonly #written = new LRUCache<string, Reach>({ max: REMEMBERED });
  readonly #stop: () => void;

  constructor(deps: FloorsDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(NOTE_MS, () => {
      this.writeAll().catch((error) => deps.logger.error('floors could not be written', error));
    });
  }

  /** The data key of this name is new: nothing was noted of it, and nothing needs to be read to know. */
  begin(keyName: string): void {
    this.#written.set(keyName, NO_REACH);
  }

  /** What the data key of this name opens has come so far, at least. */
  note(keyName: string, reached: Partial<Reach>): void {
    this.#noted.set(keyName, furthest(this.#noted.get(keyName) ?? NO_REACH, reached));
  }

  /** The audit chain of the account has come so far, at least. */
  noteAudit(accountId: string, seq: number): void {
    this.#ends.set(accountId, Math.max(seq, this.#ends.get(accountId) ?? 0));
  }

  /**
   * How far what the key opens is known to be. To be asked before the record is read, so that what is written meanwhile
   * does no harm.
   * @throws IntegrityError when the note was altered
   */
  async reachOf(keyName: string): Promise<Reach> {
    return furthest(await this.#writtenReach(keyName), this.#noted.get(keyName) ?? NO_REACH);
  }

  /** How long the audit chain of an account was, at least. @throws IntegrityError */
  async auditReach(accountId: string): Promise<number> {
    return this.#recordReach(AUDIT, accountId);
  }

  /** A file was sealed anew, for the so manieth time. Durable when it resolves. */
  async noteFile(file: FilePlace, version: number): Promise<void> {
    const { expiresAt } = file.context;
    const end = { kind: FILES, id: fileName(file), version, settled: true, expiresAt };
    await this.#deps.records.put([{ ...end, mac: await this.#macOf(end) }]);
  }

  /** How often a file was sealed anew, at least. @throws IntegrityError */
  async fileReach(file: FilePlace): Promise<number> {
    return this.#recordReach(FILES, fileName(file));
  }

  /** Writes what was noted since the last time. */
  async writeAll(): Promise<void> {
    const [noted, ends] = [[...this.#noted], [...this.#ends]];
    this.#noted.clear();
    this.#ends.clear();
    try {
      await this.#deps.dataKeys.raise(await Promise.all(noted.map((one) => this.#keyFloor(one))));
      await this.#deps.records.put(await Promise.all(ends.map((one) => this.#auditFloor(one))));
      await this.#deps.records.writeAll();
    } catch (error) {
      for (const [keyName, reach] of noted) this.note(keyName, reach);
      for (const [accountId, seq] of ends) this.noteAudit(accountId, seq);
      throw error;
    }
  }

  close(): void {
    this.#stop();
  }

  async #writtenReach(keyName: string): Promise<Reach> {
    const floor = await this.#deps.dataKeys.floor(keyName);
    if (floor === undefined) return NO_REACH;
    const { mac, ...reach } = floor;
    await this.#require(keyName, reach, mac);
    return reach;
  }

  async #keyFloor([conversationId, noted]: [string, Reach]): Promise<{
    conversationId: string;
    floor: KeyFloor;
  }> {
    const before = this.#written.get(conversationId) ?? (await this.#writtenReach(conversationId));
    const reach = furthest(noted, before);
    this.#written.set(conversationId, reach);
    const mac = await this.#deps.seal.mac(SEALED_AS, { of: conversationId, ...reach });
    return { conversationId, floor: { ...reach, mac } };
  }

  async #auditFloor([id, version]: [string, number]): Promise<RecordFloor> {
    const end = { kind: AUDIT, id, version, settled: true };
    return { ...end, mac: await this.#macOf(end) };
  }

  async #recordReach(kind: string, id: string): Promise<number> {
    const floor = await this.#deps.records.get(kind, id);
    if (floor === undefined) return 0;
    const { mac, ...end } = floor;
    await this.#require(kind, end, mac);
    return end.version;
  }

  #macOf(end: Omit<RecordFloor, 'mac'>): Promise<string> {
    return this.#deps.seal.mac(SEALED_AS, { of: end.kind, ...end });
  }

  async #require(of: string, content: object, mac: string): Promise<void> {
    if (!(await this.#deps.seal.holds(SEALED_AS, { of, ...content }, mac))) throw new IntegrityError();
  }
}

/** What its floor is named by. */
export function fileName({ context: { conversationId }, fileId }: FilePlace): string {
  return `${conversationId}.${fileId}`;
}

function furthest(one: Reach, other: Partial<Reach>): Reach {
  return {
    seq: Math.max(one.seq, other.seq ?? 0),
    version: Math.max(one.version, other.version ?? 0),
    profile: Math.max(one.profile, other.profile ?? 0),
  };
}
