import type { Entity, RecordFloor } from '../domain/index.ts';
import type { Clock, EntitySpec } from '../ports/index.ts';
import type { LateFloors } from './late-floors.ts';
import type { RecordFault } from './record-alarm.ts';
import type { RecordSeal } from './record-seal.ts';

const SEALED_AS = 'record-floor';
/** A database ends records by its own clock, which may be ahead of this process's. */
const CLOCKS_APART_MS = 60_000;

type Expiring = { readonly expiresAt?: number; readonly accountId?: string };

export interface EntityFloorsDeps {
  readonly seal: RecordSeal;
  readonly floors: LateFloors;
  readonly clock: Clock;
}

/**
 * Floors of the records of one kind. One is noted as unsettled before its record comes or goes, and never ends later than
 * it, so that a stop in between leaves nothing that looks like tampering. Changes of a busy kind are noted in batches.
 */
export class EntityFloors {
  readonly #kind: string;
  readonly #spec: Pick<EntitySpec, 'busy'>;
  readonly #deps: EntityFloorsDeps;

  constructor(of: { kind: string; spec: Pick<EntitySpec, 'busy'> }, deps: EntityFloorsDeps) {
    this.#kind = of.kind;
    this.#spec = of.spec;
    this.#deps = deps;
  }

  get(id: string): Promise<RecordFloor | undefined> {
    return this.#deps.floors.get(this.#kind, id);
  }

  all(ids: readonly string[]): Promise<readonly RecordFloor[]> {
    return this.#deps.floors.all(this.#kind, ids);
  }

  ofOwner(accountId: string): Promise<readonly RecordFloor[]> {
    return this.#deps.floors.ofOwner(this.#kind, accountId);
  }

  put(floors: readonly RecordFloor[]): Promise<void> {
    return this.#deps.floors.put(floors);
  }

  async of({ id, version, ...rest }: Entity, settled: boolean): Promise<RecordFloor> {
    const { expiresAt, accountId } = rest as Expiring;
    return this.#sealed({
      kind: this.#kind,
      id,
      version,
      settled,
      ...(accountId !== undefined && { owner: accountId }),
      ...(expiresAt !== undefined && { expiresAt }),
    });
  }

  /** What is wrong with a record as its floor tells, if anything; of what has reached its end nothing is missed. */
  async fault(stored: Entity | undefined, floor: RecordFloor | undefined): Promise<RecordFault | undefined> {
    const now = this.#deps.clock.now();
    if (floor === undefined) return stored === undefined || endOf(stored) <= now ? undefined : 'older';
    const { mac, ...content } = floor;
    if (!(await this.#deps.seal.holds(SEALED_AS, content, mac))) return 'altered';
    if (stored !== undefined) return stored.version < floor.version ? 'older' : undefined;
    return floor.settled && endOf(floor) > now + CLOCKS_APART_MS ? 'missing' : undefined;
  }

  /** Durable when it resolves. A higher one of an earlier record of this id, which was going or has ended, binds no new one. */
  async begin(entity: Entity): Promise<void> {
    const standing = await this.get(entity.id);
    const isOver = standing && (!standing.settled || endOf(standing) <= this.#deps.clock.now());
    if (isOver && standing.version > entity.version) await this.forget([entity.id]);
    await this.put([await this.of(entity, false)]);
  }

  /** A record has come or changed. */
  async settle(floor: RecordFloor): Promise<void> {
    if (this.#spec.busy) this.#deps.floors.note(floor);
    else await this.put([floor]);
  }

  /** These records are about to go. */
  async unsettle(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const found = await this.all(ids);
    await this.put(await Promise.all(found.map((floor) => this.#sealed({ ...floor, settled: false }))));
  }

  async forget(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#deps.floors.remove(this.#kind, ids);
  }

  /** The floors end no later than said, by id; to be called before the ends of their records are brought forward. */
  async endBy(ends: ReadonlyMap<string, number>): Promise<void> {
    if (ends.size === 0) return;
    const found = await this.all([...ends.keys()]);
    const lowered = found.flatMap((floor) => {
      const expiresAt = ends.get(floor.id) ?? Number.POSITIVE_INFINITY;
      return endOf(floor) > expiresAt ? this.#sealed({ ...floor, expiresAt }) : [];
    });
    await this.put(await Promise.all(lowered));
  }

  /** Floors that have reached their end go, unless their record was prolonged. */
  async end(
    floors: readonly RecordFloor[],
    records: { get(id: string): Promise<object | undefined> },
    now: number,
  ): Promise<void> {
    const over: string[] = [];
    const prolonged: RecordFloor[] = [];
    for (const floor of floors) {
      const stored = await records.get(floor.id);
      if (stored === undefined) over.push(floor.id);
      else if (endOf(stored) > now)
        prolonged.push(await this.#sealed({ ...floor, expiresAt: endOf(stored) }));
    }
    await this.put(prolonged);
    await this.#deps.floors.remove(this.#kind, over, now);
  }

  async #sealed(of: Omit<RecordFloor, 'mac'> & { readonly mac?: string }): Promise<RecordFloor> {
    const { mac: _mac, ...floor } = of;
    return { ...floor, mac: await this.#deps.seal.mac(SEALED_AS, floor) };
  }
}

function endOf(of: object): number {
  return (of as Expiring).expiresAt ?? Number.POSITIVE_INFINITY;
}
