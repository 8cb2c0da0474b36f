import type { SignedInUser, SignIn } from '../../../shared/protocol/index.ts';
import { type Private, Refusal, type StaffPrincipal, type User } from '../../domain/index.ts';
import type { Broadcaster, Clock, EntityStore, EntityStores, Ids, RateLimiter } from '../../ports/index.ts';
import type { Passwords } from '../../ports/passwords.ts';
import { type TokenClaims, TokenRejected, type Tokens } from '../../ports/tokens.ts';
import { presentSignedInUser } from '../../presenters/account-presenter.ts';
import { principalIn } from './principal.ts';
import { familyIdOf, RefreshFamilies } from './refresh-families.ts';
import {
  createSignInGuard,
  type SignInAttempt,
  type SignInGuard,
  type SignInLimits,
} from './sign-in-guard.ts';

/** How long a staff access token is good for. */
export const STAFF_TOKEN_LIFE_MS = 15 * 60_000;

export interface AuthDeps {
  readonly stores: {
    readonly entities: Pick<EntityStores, 'users' | 'accounts' | 'refreshFamilies'>;
  };
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly rateLimiter: RateLimiter;
  readonly limits: SignInLimits;
  readonly broadcaster: Pick<Broadcaster, 'disconnectAgent'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Sign-in of staff. */
export class Auth {
  readonly #deps: AuthDeps;
  readonly #users: EntityStore<User>;
  readonly #families: RefreshFamilies;
  readonly #guard: SignInGuard;

  constructor(deps: AuthDeps) {
    this.#deps = deps;
    this.#users = deps.stores.entities.users;
    this.#families = new RefreshFamilies({ ...deps, families: deps.stores.entities.refreshFamilies });
    this.#guard = createSignInGuard(deps);
  }

  /** @throws Refusal `auth.invalid_credentials` (also for a disabled user), `auth.locked` */
  async login(credentials: SignInAttempt & { readonly password: Private<string> }): Promise<SignIn> {
    await this.#guard.enter(credentials);
    const user = await this.#users.findBy('email', credentials.email);
    const matches = await this.#deps.passwords.verify(user?.passwordHash, credentials.password.reveal());
    if (user === undefined || !matches || user.disabled) throw new Refusal('auth.invalid_credentials');
    await this.#guard.succeeded(credentials);
    return this.#signInOf(user, await this.#families.start(user.id));
  }

  /** @throws Refusal `auth.refresh_reused`, `auth.required` */
  async refresh(refreshToken: string): Promise<SignIn> {
    const rotation = await this.#families.rotate(refreshToken);
    if (rotation.kind === 'unknown') throw new Refusal('auth.required');
    const user = await this.#users.get(rotation.userId);
    if (rotation.kind === 'reused') {
      if (user !== undefined) this.#disconnect(user);
      throw new Refusal('auth.refresh_reused');
    }
    if (user === undefined || user.disabled) {
      await this.#families.end(rotation.familyId);
      throw new Refusal('auth.required');
    }
    return this.#signInOf(user, rotation);
  }

  /** Ends the sign-in that the token belongs to, its access tokens with it; an unknown token ends nothing. */
  async logout(refreshToken: string): Promise<void> {
    await this.#families.end(familyIdOf(refreshToken));
  }

  /**
   * The user as the store has them now, so that a change of roles counts from the next call.
   * @throws Refusal `auth.token_expired`, `auth.required`
   */
  async authenticate(accessToken: string): Promise<User> {
    const { userId, familyId } = readToken(this.#deps.tokens, accessToken);
    const [user, signedIn] = await Promise.all([
      this.#users.get(userId),
      this.#families.alive(familyId, userId),
    ]);
    if (user === undefined || user.disabled || !signedIn) throw new Refusal('auth.required');
    return user;
  }

  /** @throws Refusal as {@link authenticate}, and `not_found` when the user is a stranger to the account */
  async staffPrincipal(accessToken: string, accountId: string): Promise<StaffPrincipal> {
    return principalIn(await this.authenticate(accessToken), accountId);
  }

  /** The user with the accounts that they may act in. */
  async describe(user: User): Promise<SignedInUser> {
    const { accounts } = this.#deps.stores.entities;
    const found = await Promise.all(user.memberships.map(({ accountId }) => accounts.get(accountId)));
    return presentSignedInUser(
      user,
      found.filter((account) => account !== undefined),
    );
  }

  /** Ends every sign-in of a user and cuts their sockets. */
  async endSignInsOf(user: User): Promise<void> {
    await this.#families.endAllOf(user.id);
    this.#disconnect(user);
  }

  async #signInOf(user: User, family: { familyId: string; refreshToken: string }): Promise<SignIn> {
    const accessToken = this.#deps.tokens.sign({
      audience: 'staff',
      claims: { userId: user.id, familyId: family.familyId },
      expiresAt: this.#deps.clock.now() + STAFF_TOKEN_LIFE_MS,
    });
    const expiresIn = STAFF_TOKEN_LIFE_MS / 1000;
    return { accessToken, refreshToken: family.refreshToken, expiresIn, user: await this.describe(user) };
  }

  #disconnect(user: User): void {
    for (const { accountId } of user.memberships) {
      this.#deps.broadcaster.disconnectAgent(accountId, user.id);
    }
  }
}

export function createAuth(deps: AuthDeps): Auth {
  return new Auth(deps);
}

function readToken(tokens: Tokens, accessToken: string): TokenClaims['staff'] {
  try {
    return tokens.verify('staff', accessToken);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    throw new Refusal(error.reason === 'expired' ? 'auth.token_expired' : 'auth.required');
  }
}
