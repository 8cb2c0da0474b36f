import type { Entity, RecordFloor } from '../domain/index.ts';
import { type EntitySpec, type EntityStore, type StorePage, UniqueViolation } from '../ports/index.ts';
import type { EntityFloors } from './entity-floors.ts';
import type { RecordAlarm, RecordFault } from './record-alarm.ts';
import type { RecordSeal } from './record-seal.ts';

/** A record may change between the two looks at it and at its floor: then both are looked at again. */
const LOOKS = 3;
const PAGE = 200;

/** An entity as it is kept: with its MAC. */
export type Kept<T> = T & { readonly mac?: string };
type Fault = { readonly id: string; readonly fault: RecordFault };
type Where = Readonly<Record<string, string>>;

export interface GuardedEntitiesDeps {
  readonly seal: RecordSeal;
  readonly floors: EntityFloors;
  readonly alarm: RecordAlarm;
}

/**
 * Entities of one kind whose every record carries a MAC and has a floor in the store of keys. A record that was altered,
 * moved, put back from an older copy or taken away behind the server's back is refused with `record.tampered`, and told
 * of.
 */
export class GuardedEntities<T extends Entity> implements EntityStore<T> {
  readonly floors: EntityFloors;
  readonly #inner: EntityStore<T>;
  readonly #kind: string;
  readonly #spec: EntitySpec;
  readonly #deps: GuardedEntitiesDeps;
  /** What came or changed while records are being deleted by their fields, of each such deletion. */
  readonly #meanwhile = new Set<Set<string>>();

  constructor(inner: EntityStore<T>, of: { kind: string; spec: EntitySpec }, deps: GuardedEntitiesDeps) {
    this.#inner = inner;
    this.#kind = of.kind;
    this.#spec = of.spec;
    this.#deps = deps;
    this.floors = deps.floors;
  }

  /** The floor is read first: what is written meanwhile is beyond it. */
  async get(id: string): Promise<T | undefined> {
    return this.#looked(async () => {
      const floor = await this.floors.get(id);
      const stored = await this.#inner.get(id);
      return { value: stored && open(stored), fault: await this.#faultOf(id, stored, floor) };
    });
  }

  async findBy(field: string, value: string): Promise<T | undefined> {
    return this.#looked(async () => {
      const stored = await this.#inner.findBy(field, value);
      if (stored === undefined) return { value: undefined, fault: undefined };
      const floor = await this.floors.get(stored.id);
      return { value: open(stored), fault: await this.#faultOf(stored.id, stored, floor) };
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
    await this.floors.begin(entity);
    const floor = await this.floors.of(entity, true);
    try {
      await this.#inner.insert(await this.seal(entity));
    } catch (error) {
      if (error instanceof UniqueViolation) await this.#takeBackFloor(entity.id);
      throw error;
    }
    await this.#settle(floor);
  }

  async replace(entity: T): Promise<boolean> {
    const floor = await this.floors.of(entity, true);
    if (floor.expiresAt !== undefined) await this.floors.endBy(new Map([[entity.id, floor.expiresAt]]));
    const replaced = await this.#inner.replace(await this.seal(entity));
    if (replaced) await this.#settle(floor);
    return replaced;
  }

  async delete(id: string): Promise<boolean> {
    await this.floors.unsettle([id]);
    const deleted = await this.#inner.delete(id);
    await this.floors.forget([id]);
    return deleted;
  }

  async deleteWhere(where: Where): Promise<number> {
    const meanwhile = new Set<string>();
    this.#meanwhile.add(meanwhile);
    try {
      const ids: string[] = [];
      for await (const page of this.pages(where)) ids.push(...page.map(({ id }) => id));
      await this.floors.unsettle(ids);
      const deleted = await this.#inner.deleteWhere(where);
      for (const id of meanwhile) if ((await this.#inner.get(id)) === undefined) ids.push(id);
      await this.floors.forget(ids);
      return deleted;
    } finally {
      this.#meanwhile.delete(meanwhile);
    }
  }

  /** Records as they are kept, unchecked. */
  async *pages(where: Where = {}): AsyncGenerator<readonly Kept<T>[]> {
    let cursor: string | undefined;
    do {
      const page = await this.#inner.list({ where, limit: PAGE, ...(cursor !== undefined && { cursor }) });
      yield page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  /** The entity with its MAC, as it is kept. The end of what follows a changed retention is not part of it. */
  async seal(entity: T): Promise<Kept<T>> {
    return { ...entity, mac: await this.#deps.seal.mac(this.#kind, this.#content(entity)) };
  }

  /** Whether a kept record is what was written; says nothing of its age. */
  isWhole(stored: Kept<T>): Promise<boolean> {
    return this.#deps.seal.holds(this.#kind, this.#content(stored), stored.mac);
  }

  #content(stored: Kept<T>): object {
    const { mac: _mac, ...entity } = stored;
    if (!this.#spec.retained) return entity;
    const { expiresAt: _end, ...rest } = entity as { readonly expiresAt?: number };
    return rest;
  }

  async #settle(floor: RecordFloor): Promise<void> {
    for (const ids of this.#meanwhile) ids.add(floor.id);
    await this.floors.settle(floor);
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

  async #faultOf(
    id: string,
    stored: Kept<T> | undefined,
    floor: RecordFloor | undefined,
  ): Promise<Fault | undefined> {
    if (stored !== undefined && !(await this.isWhole(stored))) return { id, fault: 'altered' };
    const fault = await this.floors.fault(stored, floor);
    return fault && { id, fault };
  }

  async #faultIn(
    page: StorePage<Kept<T>>,
    { where = {}, cursor }: Parameters<EntityStore<T>['list']>[0],
  ): Promise<Fault | undefined> {
    const { accountId, ...others } = where;
    const isWholeList = cursor === undefined && page.nextCursor === undefined;
    const ofAccount = isWholeList && accountId !== undefined && Object.keys(others).length === 0;
    const stored = new Map(page.items.map((item) => [item.id, item]));
    const found = ofAccount
      ? await this.floors.ofOwner(accountId)
      : await this.floors.all([...stored.keys()]);
    const floors = new Map(found.map((floor) => [floor.id, floor]));
    for (const id of new Set([...stored.keys(), ...floors.keys()])) {
      const fault = await this.#faultOf(id, stored.get(id), floors.get(id));
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** The record was not made. One that has its id already keeps the floor that is its own. */
  async #takeBackFloor(id: string): Promise<void> {
    const standing = await this.#inner.get(id);
    if (standing === undefined) await this.floors.forget([id]);
    else if (await this.isWhole(standing)) await this.floors.put([await this.floors.of(standing, true)]);
  }
}

function open<T>(stored: Kept<T>): T {
  const { mac: _mac, ...entity } = stored;
  return entity as T;
}
