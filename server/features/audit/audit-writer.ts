import { LRUCache } from 'lru-cache';
import { AUDIT_START, type AuditEntry } from '../../domain/index.ts';
import { type AuditStore, StoreError } from '../../ports/index.ts';
import type { AuditChainer, ChainEnd } from './audit-chain.ts';
import type { AuditFloors } from './audit-floors.ts';

/** Entries of one write at the most, so that the first of them does not wait long. */
const MAX_BATCH = 256;
/** How often a batch is put behind another node's before it is given up. */
const ATTEMPTS = 20;
const KNOWN_ENDS = 1_000;

interface Waiting {
  readonly entry: AuditEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes entries to the end of their account's chain. What arrives while one write of an account is under way
 * shares the next (group commit); accounts do not wait for one another. Nothing is tried twice in secret: an entry
 * that is not known to be stored rejects, and what it would have stood for must not happen.
 */
export class AuditWriter {
  readonly #store: AuditStore;
  readonly #chainer: AuditChainer;
  readonly #floors: Pick<AuditFloors, 'noteAudit'>;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #ends = new LRUCache<string, ChainEnd>({ max: KNOWN_ENDS });

  constructor(deps: {
    readonly store: AuditStore;
    readonly chainer: AuditChainer;
    readonly floors: Pick<AuditFloors, 'noteAudit'>;
  }) {
    this.#store = deps.store;
    this.#chainer = deps.chainer;
    this.#floors = deps.floors;
  }

  /**
   * Resolves when the entry is stored.
   * @throws StoreError when it is not known to be
   */
  append(entry: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { entry, resolve, reject };
      const queue = this.#waiting.get(entry.accountId);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      this.#waiting.set(entry.accountId, [waiting]);
      void this.#drain(entry.accountId);
    });
  }

  /** Never rejects: each entry hears of its own fate. */
  async #drain(accountId: string): Promise<void> {
    for (;;) {
      const batch = this.#waiting.get(accountId)?.splice(0, MAX_BATCH) ?? [];
      if (batch.length === 0) break;
      try {
        await this.#write(
          accountId,
          batch.map(({ entry }) => entry),
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#ends.delete(accountId);
        for (const { reject } of batch) reject(error);
      }
    }
    this.#waiting.delete(accountId);
  }

  async #write(accountId: string, entries: readonly AuditEntry[]): Promise<void> {
    let left = entries;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const links = this.#chainer.link(await this.#endOf(accountId), left);
      const last = links.at(-1);
      if (last === undefined) return;
      const head = await this.#chainer.point('head', accountId, last);
      const stored = await this.#store.append(links, head);
      if (stored === links.length) {
        this.#ends.set(accountId, last);
        this.#floors.noteAudit(accountId, last.seq);
        return;
      }
      // Another node has written meanwhile: what is left goes behind it.
      this.#ends.delete(accountId);
      left = left.slice(stored);
    }
    throw new StoreError('AUDIT_CONTENDED');
  }

  async #endOf(accountId: string): Promise<ChainEnd> {
    return this.#ends.get(accountId) ?? (await this.#store.last(accountId)) ?? this.#begin(accountId);
  }

  /** All links may have been purged: then the chain goes on behind the checkpoint. */
  async #begin(accountId: string): Promise<ChainEnd> {
    return (await this.#store.chain(accountId))?.base ?? AUDIT_START;
  }
}
