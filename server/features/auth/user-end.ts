import type { User } from '../../domain/index.ts';
import type { Clock, EntityStores } from '../../ports/index.ts';
import type { SignIns } from './sign-ins.ts';

/** Longer than any end takes that nothing broke off, and than a removal that is taken back. */
const BROKEN_OFF_MS = 60_000;
const PAGE = 200;

/** The end of a person who works in no account any more, with everything by which they could come in again. */
export type EndUser = (user: User) => Promise<void>;

export interface UserEndDeps {
  readonly entities: Pick<EntityStores, 'users' | 'secondFactors' | 'identityLinks' | 'passwordResets'>;
  readonly signIns: Pick<SignIns, 'endAllOf'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Ends people whose last membership was taken away; the person goes last, so that an end that was broken off is found. */
export class UserEnd {
  readonly #deps: UserEndDeps;

  constructor(deps: UserEndDeps) {
    this.#deps = deps;
  }

  /** May be done again. */
  async end(user: User): Promise<void> {
    const { users, secondFactors, identityLinks, passwordResets } = this.#deps.entities;
    await this.#deps.signIns.endAllOf(user);
    await secondFactors.delete(user.id);
    await identityLinks.deleteWhere({ userId: user.id });
    await passwordResets.deleteWhere({ userId: user.id });
    await users.delete(user.id);
  }

  /** Goes on with ends that a process did not live to finish. */
  async finishBroken(): Promise<void> {
    const { entities, clock } = this.#deps;
    const { items } = await entities.users.list({ where: { status: 'ending' }, limit: PAGE });
    const broken = items.filter(({ updatedAt }) => updatedAt + BROKEN_OFF_MS <= clock.now());
    for (const user of broken) await this.end(user);
  }
}
