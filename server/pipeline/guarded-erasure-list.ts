import type { ErasedThing } from '../domain/index.ts';
import type { ErasureList, StorePage } from '../ports/index.ts';
import type { RecordAlarm } from './record-alarm.ts';
import type { RecordSeal } from './record-seal.ts';

const KIND = 'erasureList';

type Kept = ErasedThing & { readonly mac?: string };

/** The list of what was erased, each with a MAC: a restore drops nothing that was only made to stand there. */
export class GuardedErasureList implements ErasureList {
  readonly #inner: ErasureList;
  readonly #seal: RecordSeal;
  readonly #alarm: RecordAlarm;

  constructor(inner: ErasureList, deps: { seal: RecordSeal; alarm: RecordAlarm }) {
    this.#inner = inner;
    this.#seal = deps.seal;
    this.#alarm = deps.alarm;
  }

  async append(erased: readonly ErasedThing[]): Promise<void> {
    await this.#inner.append(await this.#sealed(erased));
  }

  async put(erased: readonly ErasedThing[]): Promise<void> {
    await this.#inner.put(await this.#sealed(erased));
  }

  /** @throws Refusal `record.tampered` */
  async list(query: Parameters<ErasureList['list']>[0]): Promise<StorePage<ErasedThing>> {
    const page = await this.#inner.list(query);
    return { ...page, items: await Promise.all(page.items.map((kept: Kept) => this.#open(kept))) };
  }

  #sealed(erased: readonly ErasedThing[]): Promise<readonly Kept[]> {
    return Promise.all(erased.map(async (thing) => ({ ...thing, mac: await this.#seal.mac(KIND, thing) })));
  }

  isWhole({ mac, ...thing }: Kept): Promise<boolean> {
    return this.#seal.holds(KIND, thing, mac);
  }

  async #open(kept: Kept): Promise<ErasedThing> {
    const { mac: _mac, ...thing } = kept;
    if (await this.isWhole(kept)) return thing;
    throw this.#alarm.raise(KIND, thing.id, 'altered');
  }
}
