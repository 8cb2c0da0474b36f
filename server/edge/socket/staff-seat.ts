import { type Authorization, may, Refusal, type StaffPrincipal } from '../../domain/index.ts';
import type { Clock } from '../../ports/index.ts';

export interface StaffSeatDeps {
  /** The member as they are now; undefined when disabled, a stranger to the account, or signed out. */
  readonly current: (agent: StaffPrincipal) => Promise<StaffPrincipal | undefined>;
  /** What they may do has been looked up again. */
  readonly onChanged: (principal: StaffPrincipal) => void;
  /** They have no business here any more. */
  readonly onGone: () => void;
  /** An access grant of theirs has ended by itself. */
  readonly onEnd: (before: StaffPrincipal) => void;
  /** They do what they may do by a grant alone. */
  readonly used: (principal: StaffPrincipal, use: { grantId: string; call: string }) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
}

/**
 * The staff member behind a socket. From the moment that a change may concern them, their events wait until they have
 * been looked up again, so that nothing passes on a right that was taken away.
 */
export class StaffSeat {
  readonly #deps: StaffSeatDeps;
  #principal: StaffPrincipal;
  #lookup: Promise<void> | undefined;
  #again = false;
  #gone = false;
  #cancelEnd: () => void = () => {};

  constructor(principal: StaffPrincipal, deps: StaffSeatDeps) {
    this.#deps = deps;
    this.#principal = principal;
    this.#watchEnd();
  }

  get principal(): StaffPrincipal {
    return this.#principal;
  }

  /** Looks them up again; a change while that runs makes it run once more. */
  refresh(): Promise<void> {
    if (this.#lookup !== undefined) this.#again = true;
    else this.#lookup = this.#lookUp().finally(() => (this.#lookup = undefined));
    return this.#lookup;
  }

  /** @throws Refusal `forbidden` when they may not, as things are now */
  require(needs: Authorization, event: string): Promise<void> | undefined {
    if (this.#isOver()) void this.refresh();
    if (this.#lookup !== undefined) return this.#lookup.then(() => this.#check(needs, event));
    return this.#check(needs, event);
  }

  close(): void {
    this.#gone = true;
    this.#cancelEnd();
  }

  async #lookUp(): Promise<void> {
    do {
      this.#again = false;
      try {
        const current = await this.#deps.current(this.#principal);
        if (this.#gone) return;
        if (current === undefined) return this.#leave();
        this.#principal = current;
        this.#watchEnd();
        this.#deps.onChanged(current);
      } catch (error) {
        this.#deps.onError(error);
      }
    } while (this.#again);
  }

  #leave(): void {
    this.close();
    this.#deps.onGone();
  }

  #check(needs: Authorization, event: string): Promise<void> | undefined {
    if (this.#gone || this.#isOver() || !may(this.#principal, needs)) throw new Refusal('forbidden');
    const grantId = this.#principal.lent.get(needs);
    return grantId === undefined ? undefined : this.#deps.used(this.#principal, { grantId, call: event });
  }

  #isOver(): boolean {
    const { validUntil } = this.#principal;
    return validUntil !== undefined && validUntil <= this.#deps.clock.now();
  }

  /** A grant ends by itself: what it let them see stops then, also when they send nothing. */
  #watchEnd(): void {
    this.#cancelEnd();
    const { validUntil } = this.#principal;
    if (validUntil === undefined) return;
    const inMs = Math.max(0, validUntil - this.#deps.clock.now());
    const before = this.#principal;
    this.#cancelEnd = this.#deps.clock.after(inMs, () => {
      void this.refresh().then(() => this.#deps.onEnd(before));
    });
  }
}
