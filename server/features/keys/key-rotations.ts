import { INSTANCE, type KeyRotation, Refusal } from '../../domain/index.ts';
import {
  type Clock,
  type EntityStore,
  type Ids,
  type KeyRing,
  type Logger,
  type StorePage,
  UniqueViolation,
} from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import { type RotationWorkDeps, rotationWork } from './rotation-work.ts';

/** How often a node looks for rotations whose worker is gone. */
const LOOK_EVERY_MS = 30_000;
/** A rotation that was not heard of for so long has no worker: each step notes its progress. */
const STALLED_MS = 60_000;
const PAGE = 100;

export interface KeyRotationsDeps extends RotationWorkDeps {
  readonly rotations: EntityStore<KeyRotation>;
  readonly keyRing: Pick<KeyRing, 'masterKeyId' | 'knownKeyIds'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who rotates: a user, or the command of the operating system's user. */
export type Rotator = { readonly kind: 'user'; readonly id: string } | { readonly kind: 'system' };

/**
 * Rotations of the master key and of accounts' keys: one at a time for each, with progress, while chats go on. One
 * whose worker stopped, however it stopped, is taken up by any node.
 */
export class KeyRotations {
  readonly #deps: KeyRotationsDeps;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stopLooking: () => void;
  #closed = false;

  constructor(deps: KeyRotationsDeps) {
    this.#deps = deps;
    this.#stopLooking = deps.clock.every(LOOK_EVERY_MS, () => {
      this.resume(STALLED_MS).catch((error) =>
        deps.logger.error('key rotations could not be resumed', error),
      );
    });
  }

  /**
   * Starts a rotation of the master key (`'instance'`) or of an account's key.
   * @throws Refusal `already_exists` while one of the same runs
   */
  async start(accountId: string, by: Rotator): Promise<KeyRotation> {
    const { rotations, ids, clock } = this.#deps;
    const [now, target] = [clock.now(), await this.#nextTarget(accountId)];
    const rotation: KeyRotation = {
      ...{ id: ids.id(), version: 1, createdAt: now, updatedAt: now },
      ...{ accountId, slot: accountId, status: 'running', target },
      startedBy: by.kind === 'user' ? by.id : 'command',
      total: await rotationWork(this.#deps, { accountId, target }).count(),
      rewrapped: 0,
      failed: 0,
    };
    await rotations.insert(rotation).catch((error) => {
      throw error instanceof UniqueViolation ? new Refusal('already_exists') : error;
    });
    await this.#audit(rotation, { action: 'key-rotation.started', actor: by });
    this.#run(rotation.id);
    return rotation;
  }

  /** Newest first. */
  list(
    accountId: string,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<StorePage<KeyRotation>> {
    const query = { where: { accountId }, newestFirst: true, limit };
    return this.#deps.rotations.list({ ...query, ...(cursor !== undefined && { cursor }) });
  }

  /** @throws Refusal `not_found` */
  async get(accountId: string, id: string): Promise<KeyRotation> {
    const rotation = await this.#deps.rotations.get(id);
    if (rotation?.accountId !== accountId) throw new Refusal('not_found');
    return rotation;
  }

  /** Takes up rotations that were not heard of for `quietMs`. */
  async resume(quietMs: number): Promise<void> {
    const before = this.#deps.clock.now() - quietMs;
    const page = await this.#deps.rotations.list({ where: { status: 'running' }, limit: PAGE });
    for (const { id, updatedAt } of page.items) if (updatedAt <= before) this.#run(id);
  }

  /** Resolves when nothing runs here any more. */
  async whenIdle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopLooking();
    await this.whenIdle();
  }

  async #nextTarget(accountId: string): Promise<string> {
    if (accountId === INSTANCE) return this.#deps.keyRing.masterKeyId;
    const newest = await this.#deps.stores.accountKeys.newest(accountId);
    return String((newest?.version ?? 0) + 1);
  }

  #run(id: string): void {
    if (this.#closed || this.#running.has(id)) return;
    const work = this.#work(id)
      // It stays in the store as running, so that it is taken up again.
      .catch((error) => this.#deps.logger.error('a key rotation was cut off', error))
      .finally(() => this.#running.delete(id));
    this.#running.set(id, work);
  }

  async #work(id: string): Promise<void> {
    const rotation = await this.#aimed(id);
    if (rotation === undefined) return;
    const work = rotationWork(this.#deps, rotation);
    while (!this.#closed) {
      const { rewrapped, failed, finished } = await work.step();
      const noted = await this.#change(id, (current) => {
        const counted = {
          ...current,
          rewrapped: current.rewrapped + rewrapped,
          failed: current.failed + failed,
        };
        if (!finished) return counted;
        return { ...counted, status: 'done', slot: current.id, finishedAt: this.#deps.clock.now() };
      });
      if (noted === undefined) return;
      if (finished) return this.#audit(noted, { action: 'key-rotation.finished', actor: { kind: 'system' } });
    }
  }

  /**
   * The rotation, if this node is to work on it. A node that has a newer master key than it was begun with leads it
   * there; one that does not have its master key leaves it to those that do.
   */
  async #aimed(id: string): Promise<KeyRotation | undefined> {
    const rotation = await this.#deps.rotations.get(id);
    if (rotation?.status !== 'running') return undefined;
    const { masterKeyId, knownKeyIds } = this.#deps.keyRing;
    if (rotation.accountId !== INSTANCE || rotation.target === masterKeyId) return rotation;
    if (!knownKeyIds.includes(rotation.target)) return undefined;
    return this.#change(id, (current) => ({ ...current, target: masterKeyId }));
  }

  /** Undefined when it is gone or finished. */
  async #change(
    id: string,
    change: (rotation: KeyRotation) => KeyRotation,
  ): Promise<KeyRotation | undefined> {
    for (;;) {
      const current = await this.#deps.rotations.get(id);
      if (current?.status !== 'running') return undefined;
      const next = { ...change(current), version: current.version + 1, updatedAt: this.#deps.clock.now() };
      if (await this.#deps.rotations.replace(next)) return next;
    }
  }

  #audit(rotation: KeyRotation, { action, actor }: { action: string; actor: Rotator }): Promise<void> {
    const { id, accountId, total, rewrapped, failed } = rotation;
    const target = { kind: 'key-rotation', id };
    return this.#deps.audit.record({
      accountId,
      actor,
      action,
      target,
      details: { total, rewrapped, failed },
    });
  }
}
