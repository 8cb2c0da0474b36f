import type { RecordFloor } from '../domain/index.ts';
import type { RecordFloors, StorePage } from '../ports/index.ts';

/** Floors in one write at the most. */
const BATCH = 500;

/**
 * Floors of which some are noted in memory first and written together, because their records are written all the time.
 * Memory knows them at once; a stop in between leaves floors that are lower than they could be, and none that is too high.
 */
export class LateFloors implements RecordFloors {
  readonly #inner: RecordFloors;
  /** The newest floor of each record that is not written yet, by kind and id. */
  readonly #noted = new Map<string, RecordFloor>();
  #writing: Promise<void> = Promise.resolve();

  constructor(inner: RecordFloors) {
    this.#inner = inner;
  }

  /** To be written with the next batch, if the record's floor stands then. */
  note(floor: RecordFloor): void {
    const name = nameOf(floor.kind, floor.id);
    const noted = this.#noted.get(name);
    if (noted === undefined || noted.version <= floor.version) this.#noted.set(name, floor);
  }

  /** Writes what was noted since the last time. */
  writeAll(): Promise<void> {
    const writing = this.#writing.catch(() => {}).then(() => this.#write());
    this.#writing = writing;
    return writing;
  }

  async get(kind: string, id: string): Promise<RecordFloor | undefined> {
    return newer(this.#noted.get(nameOf(kind, id)), await this.#inner.get(kind, id));
  }

  async all(kind: string, ids: readonly string[]): Promise<readonly RecordFloor[]> {
    const noted = ids.flatMap((id) => this.#noted.get(nameOf(kind, id)) ?? []);
    return overlaid(await this.#inner.all(kind, ids), noted);
  }

  async ofOwner(kind: string, owner: string): Promise<readonly RecordFloor[]> {
    const noted = [...this.#noted.values()].filter((one) => one.kind === kind && one.owner === owner);
    return overlaid(await this.#inner.ofOwner(kind, owner), noted);
  }

  /** At once, and after the batch that is under way. */
  async put(floors: readonly RecordFloor[]): Promise<void> {
    await this.#writing.catch(() => {});
    for (const floor of floors) {
      const name = nameOf(floor.kind, floor.id);
      const noted = this.#noted.get(name);
      if (noted !== undefined && noted.version <= floor.version) this.#noted.delete(name);
    }
    for (let at = 0; at < floors.length; at += BATCH) await this.#inner.put(floors.slice(at, at + BATCH));
  }

  async raise(floors: readonly RecordFloor[]): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#inner.raise(floors);
  }

  async remove(kind: string, ids: readonly string[], endedBy?: number): Promise<void> {
    await this.#writing.catch(() => {});
    this.#forget(kind, ids, endedBy);
    await this.#inner.remove(kind, ids, endedBy);
    // A change that met the deletion may have been noted meanwhile.
    this.#forget(kind, ids, endedBy);
  }

  ended(now: number, limit: number): Promise<readonly RecordFloor[]> {
    return this.#inner.ended(now, limit);
  }

  list(query: { limit: number; cursor?: string }): Promise<StorePage<RecordFloor>> {
    return this.#inner.list(query);
  }

  async clear(): Promise<void> {
    await this.#writing.catch(() => {});
    this.#noted.clear();
    await this.#inner.clear();
  }

  async #write(): Promise<void> {
    const floors = [...this.#noted.values()];
    for (let at = 0; at < floors.length; at += BATCH) {
      const batch = floors.slice(at, at + BATCH);
      await this.#inner.raise(batch);
      for (const floor of batch) {
        const name = nameOf(floor.kind, floor.id);
        if (this.#noted.get(name) === floor) this.#noted.delete(name);
      }
    }
  }

  #forget(kind: string, ids: readonly string[], endedBy = Number.POSITIVE_INFINITY): void {
    for (const id of ids) {
      const name = nameOf(kind, id);
      const { expiresAt } = this.#noted.get(name) ?? {};
      if (endedBy === Number.POSITIVE_INFINITY || (expiresAt ?? endedBy + 1) <= endedBy)
        this.#noted.delete(name);
    }
  }
}

function nameOf(kind: string, id: string): string {
  return `${kind}:${id}`;
}

/** Where none is kept any more, another node has deleted the record: what was noted of it counts no longer. */
function newer(noted: RecordFloor | undefined, kept: RecordFloor | undefined): RecordFloor | undefined {
  if (noted === undefined || kept === undefined) return kept;
  return noted.version >= kept.version ? noted : kept;
}

function overlaid(kept: readonly RecordFloor[], noted: readonly RecordFloor[]): readonly RecordFloor[] {
  const found = new Map(kept.map((floor) => [floor.id, floor]));
  for (const floor of noted) {
    const newest = newer(floor, found.get(floor.id));
    if (newest !== undefined) found.set(floor.id, newest);
  }
  return [...found.values()];
}
