import type { SignedInUser, SignIn, WireStaffSession } from '../../../shared/protocol/index.ts';
import { Refusal, type User } from '../../domain/index.ts';
import type { Broadcaster, Clock, EntityStores, Ids } from '../../ports/index.ts';
import type { Tokens } from '../../ports/tokens.ts';
import { presentSignedInUser } from '../../presenters/account-presenter.ts';
import { presentStaffSession } from '../../presenters/sign-in-presenter.ts';
import type { Access } from '../access/index.ts';
import { familyIdOf, RefreshFamilies } from './refresh-families.ts';
import type { SignInNotes } from './sign-in-notes.ts';

/** How long a staff access token is good for. */
export const STAFF_TOKEN_LIFE_MS = 15 * 60_000;

export interface SignInsDeps {
  readonly stores: {
    readonly entities: Pick<EntityStores, 'users' | 'accounts' | 'refreshFamilies'>;
  };
  readonly access: Pick<Access, 'principal' | 'grantsOf'>;
  readonly tokens: Tokens;
  readonly broadcaster: Pick<Broadcaster, 'disconnectAgent' | 'disconnectSignIn'>;
  readonly notes: SignInNotes;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** The sign-ins of staff from their beginning to their end. Ending one cuts its sockets too. */
export class SignIns {
  readonly #deps: SignInsDeps;
  readonly #families: RefreshFamilies;

  constructor(deps: SignInsDeps) {
    this.#deps = deps;
    this.#families = new RefreshFamilies({ ...deps, families: deps.stores.entities.refreshFamilies });
  }

  /**
   * Begins one for a user who has shown who they are. `client` is the coarse name of the browser.
   * @throws Refusal `auth.required` when the password was changed or the user disabled meanwhile
   */
  async start(user: User, client: string): Promise<SignIn> {
    const family = await this.#families.start(user.id, client);
    // Looked at after the family is there: whoever ends all sign-ins of the user saw it, or is seen here.
    const now = await this.#deps.stores.entities.users.get(user.id);
    if (now === undefined || now.disabled || now.passwordHash !== user.passwordHash) {
      await this.#families.end(family.familyId);
      throw new Refusal('auth.required');
    }
    await this.#deps.notes.of(now, 'sign-in.succeeded');
    return this.#answer(now, family);
  }

  /** @throws Refusal `auth.refresh_reused`, `auth.required` */
  async renew(refreshToken: string): Promise<SignIn> {
    const rotation = await this.#families.rotate(refreshToken);
    if (rotation.kind === 'unknown') throw new Refusal('auth.required');
    const user = await this.#deps.stores.entities.users.get(rotation.userId);
    if (rotation.kind === 'reused') {
      this.#deps.broadcaster.disconnectSignIn(familyIdOf(refreshToken));
      if (user !== undefined) await this.#deps.notes.of(user, 'sign-in.token_reused');
      throw new Refusal('auth.refresh_reused');
    }
    if (user === undefined || user.disabled) {
      await this.end(rotation.familyId);
      throw new Refusal('auth.required');
    }
    return this.#answer(user, rotation);
  }

  alive(signInId: string, userId: string): Promise<boolean> {
    return this.#families.alive(signInId, userId);
  }

  /** One that is not there ends nothing. */
  async end(signInId: string): Promise<void> {
    const { refreshFamilies, users } = this.#deps.stores.entities;
    const family = await refreshFamilies.get(signInId);
    await this.#families.end(signInId);
    this.#deps.broadcaster.disconnectSignIn(signInId);
    const user = family && (await users.get(family.userId));
    if (user !== undefined) await this.#deps.notes.of(user, 'sign-in.ended');
  }

  /** @throws Refusal `not_found` when the user has no such sign-in */
  async endOwn(userId: string, signInId: string): Promise<void> {
    if (!(await this.#families.alive(signInId, userId))) throw new Refusal('not_found');
    await this.end(signInId);
  }

  /** Ends every sign-in of a user, but for one if it is named; answers how many. */
  async endAllOf(user: User, except?: string): Promise<number> {
    const ended = await this.#families.endAllOf(user.id, except);
    for (const signInId of ended) this.#deps.broadcaster.disconnectSignIn(signInId);
    if (except === undefined) {
      for (const { accountId } of user.memberships)
        this.#deps.broadcaster.disconnectAgent(accountId, user.id);
    }
    if (ended.length > 0) await this.#deps.notes.of(user, 'sign-in.ended');
    return ended.length;
  }

  /** Newest first; `currentId` is the one that asks, if it is one of them. */
  async list(userId: string, currentId?: string): Promise<{ items: readonly WireStaffSession[] }> {
    const families = await this.#families.listOf(userId);
    return { items: families.map((family) => presentStaffSession(family, currentId)) };
  }

  /** The user with the accounts that they may act in, those that let them in for a time among them. */
  async describe(user: User): Promise<SignedInUser> {
    const grants = await this.#deps.access.grantsOf(user.id);
    const ids = [...user.memberships, ...grants].map(({ accountId }) => accountId);
    const accounts = await Promise.all([...new Set(ids)].map((id) => this.#accountOf(user, id)));
    return presentSignedInUser(
      user,
      accounts.filter((account) => account !== undefined),
    );
  }

  async #accountOf(user: User, accountId: string) {
    const account = await this.#deps.stores.entities.accounts.get(accountId);
    if (account === undefined) return undefined;
    return { account, principal: await this.#deps.access.principal(user, accountId) };
  }

  async #answer(user: User, family: { familyId: string; refreshToken: string }): Promise<SignIn> {
    const accessToken = this.#deps.tokens.sign({
      audience: 'staff',
      claims: { userId: user.id, familyId: family.familyId },
      expiresAt: this.#deps.clock.now() + STAFF_TOKEN_LIFE_MS,
    });
    const expiresIn = STAFF_TOKEN_LIFE_MS / 1000;
    return { accessToken, refreshToken: family.refreshToken, expiresIn, user: await this.describe(user) };
  }
}
