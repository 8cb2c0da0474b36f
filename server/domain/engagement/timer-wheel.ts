/** Slots of one level; a power of two, so that a time's place is a shift. */
const SLOT_BITS = 6;
const SLOTS = 1 << SLOT_BITS;
/** Spans 64^7 ms, more than a hundred years. */
const LEVELS = 7;

/** One thing to be told of at a time; made by the wheel, in one list of it or in none. */
export class Timer<Item> {
  readonly item: Item;
  /** Epoch milliseconds; infinite while it is not set. */
  at = Number.POSITIVE_INFINITY;
  /** The time that its place in the wheel stands for; never later than `at`. */
  placedAt = Number.POSITIVE_INFINITY;
  slot = -1;
  before: Timer<Item> | undefined;
  after: Timer<Item> | undefined;

  constructor(item: Item) {
    this.item = item;
  }
}

/**
 * One wheel for all timers: a hierarchy of hashed lists (G. Varghese, T. Lauck, "Hashed and Hierarchical Timing Wheels",
 * 1987), exact to the millisecond. Setting, moving and stopping a timer costs a few pointer writes whatever their number.
 * Level n has a slot for every 64^n ms; a slot of a higher level is dealt out to lower ones when its time begins.
 */
export class TimerWheel<Item> {
  readonly #heads: (Timer<Item> | undefined)[] = new Array(LEVELS * SLOTS).fill(undefined);
  readonly #perLevel = new Int32Array(LEVELS);
  #now: number;
  #size = 0;

  /** @param now epoch milliseconds, whole */
  constructor(now: number) {
    this.#now = now;
  }

  /** How many timers are set. */
  get size(): number {
    return this.#size;
  }

  timer(item: Item): Timer<Item> {
    return new Timer(item);
  }

  /**
   * Sets or moves a timer. What lies in the past comes with the next {@link advance}; an infinite time stops it. One that is
   * put off keeps its place and is moved when that comes, for most are put off again and again before they ever come due.
   */
  schedule(timer: Timer<Item>, at: number): void {
    if (at === Number.POSITIVE_INFINITY) {
      this.cancel(timer);
      return;
    }
    timer.at = at;
    if (timer.slot >= 0 && at >= timer.placedAt) return;
    if (timer.slot >= 0) this.#unlink(timer);
    this.#insert(timer);
  }

  cancel(timer: Timer<Item>): void {
    if (timer.slot >= 0) this.#unlink(timer);
    timer.at = Number.POSITIVE_INFINITY;
  }

  /** When to call {@link advance} next: never later than the first timer; sooner when slots must be dealt out. */
  nextDueAt(): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (let level = 0; level < LEVELS; level++) {
      if ((this.#perLevel[level] as number) > 0) soonest = Math.min(soonest, this.#nextOfLevel(level));
    }
    return soonest;
  }

  /**
   * Moves the time on and tells of every timer that came due, in the order of their times, but of no more than `most`: the
   * others come with the next call. `onDue` may set timers; those that are due already come in the same call.
   */
  advance(now: number, onDue: (item: Item, at: number) => void, most = Number.POSITIVE_INFINITY): void {
    let left = most;
    for (let next = this.nextDueAt(); next <= now; next = this.nextDueAt()) {
      this.#now = Math.max(this.#now, next);
      this.#deal();
      left = this.#run(onDue, left);
      if (left <= 0) return;
    }
    this.#now = Math.max(this.#now, now);
  }

  /** Deals out the slots of higher levels whose time begins now, the highest first. */
  #deal(): void {
    for (let level = LEVELS - 1; level > 0; level--) {
      const span = 2 ** (SLOT_BITS * level);
      if (this.#now % span !== 0 || this.#perLevel[level] === 0) continue;
      const slot = level * SLOTS + (Math.floor(this.#now / span) % SLOTS);
      for (let timer = this.#heads[slot]; timer !== undefined; timer = this.#heads[slot]) {
        this.#unlink(timer);
        this.#insert(timer);
      }
    }
  }

  /** Answers how many more may be told. */
  #run(onDue: (item: Item, at: number) => void, most: number): number {
    const slot = this.#now % SLOTS;
    let left = most;
    for (let timer = this.#heads[slot]; timer !== undefined && left > 0; timer = this.#heads[slot]) {
      const { at } = timer;
      left--;
      if (at > this.#now) {
        this.#unlink(timer);
        this.#insert(timer);
        continue;
      }
      this.cancel(timer);
      onDue(timer.item, at);
    }
    return left;
  }

  /** The beginning of the next slot of the level with a timer in it. */
  #nextOfLevel(level: number): number {
    const span = 2 ** (SLOT_BITS * level);
    const current = Math.floor(this.#now / span);
    for (let ahead = 0; ahead <= SLOTS; ahead++) {
      if (this.#heads[level * SLOTS + ((current + ahead) % SLOTS)] !== undefined) {
        return Math.max(this.#now, (current + ahead) * span);
      }
    }
    return Number.POSITIVE_INFINITY;
  }

  #insert(timer: Timer<Item>): void {
    const at = Math.max(timer.at, this.#now);
    timer.placedAt = at;
    let level = 0;
    // The level on which the time's slot is not the one that the present lies in, and less than one turn ahead.
    while (level < LEVELS - 1 && slotsAhead(level, { now: this.#now, at }) >= SLOTS) level++;
    const span = 2 ** (SLOT_BITS * level);
    const slot = level * SLOTS + (Math.floor(at / span) % SLOTS);
    this.#append(timer, slot);
    this.#perLevel[level] = (this.#perLevel[level] as number) + 1;
    this.#size++;
  }

  /** Lists are rings of which the head is kept, so that the last one is known too. */
  #append(timer: Timer<Item>, slot: number): void {
    const head = this.#heads[slot];
    timer.slot = slot;
    if (head === undefined) {
      timer.before = timer;
      timer.after = timer;
      this.#heads[slot] = timer;
      return;
    }
    const last = head.before as Timer<Item>;
    timer.before = last;
    timer.after = head;
    last.after = timer;
    head.before = timer;
  }

  #unlink(timer: Timer<Item>): void {
    const { slot, before, after } = timer;
    if (after === timer) {
      this.#heads[slot] = undefined;
    } else {
      (before as Timer<Item>).after = after;
      (after as Timer<Item>).before = before;
      if (this.#heads[slot] === timer) this.#heads[slot] = after;
    }
    const level = slot >> SLOT_BITS;
    this.#perLevel[level] = (this.#perLevel[level] as number) - 1;
    timer.slot = -1;
    timer.before = undefined;
    timer.after = undefined;
    this.#size--;
  }
}

function slotsAhead(level: number, { now, at }: { now: number; at: number }): number {
  const span = 2 ** (SLOT_BITS * level);
  return Math.floor(at / span) - Math.floor(now / span);
}
