import type { Entity, RecordFloor } from '../domain/index.ts';
import {
  type Clock,
  type EntitySpec,
  type EntityStore,
  type RecordFloors,
  type StorePage,
  UniqueViolation,
} from '../ports/index.ts';
import type { RecordAlarm, RecordFault } from './record-alarm.ts';
import type { RecordSeal } from './record-seal.ts';

/** Another node may change a record between the two looks at it and at its floor: then both are looked at again. */
const LOOKS = 3;
const PAGE = 200;

/** An entity as it is kept: with its MAC. */
export type Kept<T> = T & { readonly mac?: string };
type Expiring = { readonly expiresAt?: number; readonly accountId?: string };
type Fault = { readonly id: string; readonly fault: RecordFault };

export interface GuardedEntitiesDeps {
  readonly seal: RecordSeal;
  readonly floors: RecordFloors;
  readonly alarm: RecordAlarm;
  readonly clock: Clock;
}

/**
 * Entities of one kind whose every record carries a MAC, and has a floor in the store of keys unless the kind is too
 * busy for one. A record that was altered, moved, put back from an older copy or taken away behind the server's back is
 * refused with `record.tampered`, and told of. The floor is noted as unsettled before a record comes or goes, so that a
 * stop in between leaves nothing that looks like tampering.
 */
export class GuardedEntities<T extends Entity> implements EntityStore<T> {
  readonly #inner: EntityStore<T>;
  readonly #kind: string;
  readonly #spec: EntitySpec;
  readonly #deps: GuardedEntitiesDeps;

  constructor(inner: EntityStore<T>, of: { kind: string; spec: EntitySpec }, deps: GuardedEntitiesDeps) {
    this.#inner = inner;
    this.#kind = of.kind;
    this.#spec = of.spec;
    this.#deps = deps;
  }

  async get(id: string): Promise<T | undefined> {
    return this.#looked(async () => {
      const stored = await this.#inner.get(id);
      return { value: stored && open(stored), fault: await this.#faultOf(id, stored) };
    });
  }

  async findBy(field: string, value: string): Promise<T | undefined> {
    return this.#looked(async () => {
      const stored = await this.#inner.findBy(field, value);
      return {
        value: stored && open(stored),
        fault: stored === undefined ? undefined : await this.#faultOf(stored.id, stored),
      };
    });
  }

  async list(query: Parameters<EntityStore<T>['list']>[0]): Promise<StorePage<T>> {
    return this.#looked(async () => {
      const page = await this.#inner.list(query);
      const value = { ...page, items: page.items.map(open) };
      return { value, fault: await this.#faultIn(page, query) };
    });
  }

  async insert(entity: T): Promise<void> {
    if (this.#spec.busy) return this.#inner.insert(await this.seal(entity));
    await this.#deps.floors.put([await this.floorOf(entity, false)]);
    try {
      await this.#inner.insert(await this.seal(entity));
    } catch (error) {
      if (error instanceof UniqueViolation) await this.#takeBackFloor(entity.id);
      throw error;
    }
    await this.#deps.floors.put([await this.floorOf(entity, true)]);
  }

  async replace(entity: T): Promise<boolean> {
    const replaced = await this.#inner.replace(await this.seal(entity));
    if (replaced && !this.#spec.busy) await this.#deps.floors.put([await this.floorOf(entity, true)]);
    return replaced;
  }

  async delete(id: string): Promise<boolean> {
    await this.#unsettle([id]);
    const deleted = await this.#inner.delete(id);
    await this.#forget([id]);
    return deleted;
  }

  async deleteWhere(where: Readonly<Record<string, string>>): Promise<number> {
    if (this.#spec.busy) return this.#inner.deleteWhere(where);
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#inner.list({ where, limit: PAGE, ...(cursor !== undefined && { cursor }) });
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    await this.#unsettle(ids);
    const deleted = await this.#inner.deleteWhere(where);
    await this.#forget(ids);
    return deleted;
  }

  /** The entity with its MAC, as it is kept. The end of what follows a changed retention is not part of it. */
  async seal(entity: T): Promise<Kept<T>> {
    return { ...entity, mac: await this.#deps.seal.mac(this.#kind, this.#content(entity)) };
  }

  /** Whether a kept record is what was written; says nothing of its age. */
  isWhole(stored: Kept<T>): Promise<boolean> {
    return this.#deps.seal.holds(this.#kind, this.#content(stored), stored.mac);
  }

  async floorOf({ id, version, ...rest }: T, settled: boolean): Promise<RecordFloor> {
    const { expiresAt, accountId } = rest as Expiring;
    const floor = {
      kind: this.#kind,
      id,
      version,
      settled,
      ...(accountId !== undefined && { owner: accountId }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    return { ...floor, mac: await this.#deps.seal.mac('record-floor', floor) };
  }

  #content(stored: Kept<T>): object {
    const { mac: _mac, ...entity } = stored;
    if (!this.#spec.retained) return entity;
    const { expiresAt: _end, ...rest } = entity as Expiring;
    return rest;
  }

  /** @throws Refusal `record.tampered` */
  async #looked<V>(look: () => Promise<{ value: V; fault: Fault | undefined }>): Promise<V> {
    for (let looks = 1; ; looks += 1) {
      const { value, fault } = await look();
      if (fault === undefined) return value;
      if (fault.fault === 'altered' || looks === LOOKS)
        throw this.#deps.alarm.raise(this.#kind, fault.id, fault.fault);
    }
  }

  async #faultOf(id: string, stored: Kept<T> | undefined): Promise<Fault | undefined> {
    if (stored !== undefined && !(await this.isWhole(stored))) return { id, fault: 'altered' };
    if (this.#spec.busy) return undefined;
    return this.#againstFloor(id, stored, await this.#deps.floors.get(this.#kind, id));
  }

  async #faultIn(
    page: StorePage<T>,
    { where = {}, cursor }: Parameters<EntityStore<T>['list']>[0],
  ): Promise<Fault | undefined> {
    for (const stored of page.items) {
      if (!(await this.isWhole(stored))) return { id: stored.id, fault: 'altered' };
    }
    if (this.#spec.busy) return undefined;
    const { accountId, ...others } = where;
    const isWholeList = cursor === undefined && page.nextCursor === undefined;
    const ofAccount = isWholeList && accountId !== undefined && Object.keys(others).length === 0;
    const stored = new Map(page.items.map((item) => [item.id, item]));
    const floors = new Map(
      (ofAccount
        ? await this.#deps.floors.ofOwner(this.#kind, accountId)
        : await this.#deps.floors.all(this.#kind, [...stored.keys()])
      ).map((floor) => [floor.id, floor]),
    );
    for (const id of new Set([...stored.keys(), ...floors.keys()])) {
      const fault = await this.#againstFloor(id, stored.get(id), floors.get(id));
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  async #againstFloor(
    id: string,
    stored: T | undefined,
    floor: RecordFloor | undefined,
  ): Promise<Fault | undefined> {
    const fault = await this.faultAgainst(stored, floor);
    return fault === undefined ? undefined : { id, fault };
  }

  /** What is wrong with a record as its floor tells, if anything; what has reached its end is not judged. */
  async faultAgainst(
    stored: T | undefined,
    floor: RecordFloor | undefined,
  ): Promise<RecordFault | undefined> {
    const { expiresAt = Number.POSITIVE_INFINITY } = (stored ?? floor ?? {}) as Expiring;
    if (expiresAt <= this.#deps.clock.now()) return undefined;
    if (floor === undefined) return stored === undefined ? undefined : 'older';
    const { mac, ...content } = floor;
    if (!(await this.#deps.seal.holds('record-floor', content, mac))) return 'altered';
    if (stored === undefined) return floor.settled ? 'missing' : undefined;
    return stored.version < floor.version ? 'older' : undefined;
  }

  async #unsettle(ids: readonly string[]): Promise<void> {
    if (this.#spec.busy || ids.length === 0) return;
    const found = await this.#deps.floors.all(this.#kind, ids);
    const unsettled = found.map(async ({ mac: _mac, ...floor }) => {
      const content = { ...floor, settled: false };
      return { ...content, mac: await this.#deps.seal.mac('record-floor', content) };
    });
    await this.#deps.floors.put(await Promise.all(unsettled));
  }

  async #forget(ids: readonly string[]): Promise<void> {
    if (!this.#spec.busy && ids.length > 0) await this.#deps.floors.remove(this.#kind, ids);
  }

  /** The record was not made. One that has its id already keeps the floor that is its own. */
  async #takeBackFloor(id: string): Promise<void> {
    const standing = await this.#inner.get(id);
    if (standing === undefined) await this.#forget([id]);
    else if (await this.isWhole(standing)) await this.#deps.floors.put([await this.floorOf(standing, true)]);
  }
}

function open<T>(stored: Kept<T>): T {
  const { mac: _mac, ...entity } = stored;
  return entity as T;
}
