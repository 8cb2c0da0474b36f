import type { SignedInUser, SignIn } from '../../../shared/protocol/index.ts';
import { type Private, Refusal, type StaffPrincipal, type User } from '../../domain/index.ts';
import type { Broadcaster, Clock, EntityStores, Ids, RateLimiter } from '../../ports/index.ts';
import type { Passwords } from '../../ports/passwords.ts';
import { type TokenClaims, TokenRejected, type Tokens } from '../../ports/tokens.ts';
import { presentSignedInUser } from '../../presenters/account-presenter.ts';
import { principalIn } from './principal.ts';
import { createRefreshFamilies, familyIdOf } from './refresh-families.ts';
import { createSignInGuard, type SignInLimits } from './sign-in-guard.ts';

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

/** Sign-in of staff. Everything throws `Refusal`s of the `auth.*` codes. */
export interface Auth {
  /** @throws Refusal `auth.invalid_credentials` (also for a disabled user), `auth.locked` */
  login(credentials: {
    email: string;
    password: Private<string>;
    addressKey: Private<string>;
  }): Promise<SignIn>;
  /** @throws Refusal `auth.refresh_reused`, `auth.required` */
  refresh(refreshToken: string): Promise<SignIn>;
  /** Ends the sign-in that the token belongs to, its access tokens with it; an unknown token ends nothing. */
  logout(refreshToken: string): Promise<void>;
  /**
   * The user as the store has them now, so that a change of roles counts from the next call.
   * @throws Refusal `auth.token_expired`, `auth.required`
   */
  authenticate(accessToken: string): Promise<User>;
  /** @throws Refusal as {@link Auth.authenticate}, and `not_found` when the user is a stranger to the account */
  staffPrincipal(accessToken: string, accountId: string): Promise<StaffPrincipal>;
  describe(user: User): Promise<SignedInUser>;
  /** Ends every sign-in of a user and cuts their sockets. */
  endSignInsOf(user: User): Promise<void>;
}

export function createAuth(deps: AuthDeps): Auth {
  const { users, accounts } = deps.stores.entities;
  const { tokens, clock, broadcaster } = deps;
  const families = createRefreshFamilies({ ...deps, families: deps.stores.entities.refreshFamilies });
  const guard = createSignInGuard(deps);

  async function describe(user: User): Promise<SignedInUser> {
    const found = await Promise.all(user.memberships.map(({ accountId }) => accounts.get(accountId)));
    return presentSignedInUser(
      user,
      found.filter((account) => account !== undefined),
    );
  }

  async function signInOf(user: User, family: { familyId: string; refreshToken: string }): Promise<SignIn> {
    const accessToken = tokens.sign({
      audience: 'staff',
      claims: { userId: user.id, familyId: family.familyId },
      expiresAt: clock.now() + STAFF_TOKEN_LIFE_MS,
    });
    const expiresIn = STAFF_TOKEN_LIFE_MS / 1000;
    return { accessToken, refreshToken: family.refreshToken, expiresIn, user: await describe(user) };
  }

  function disconnect(user: User): void {
    for (const { accountId } of user.memberships) broadcaster.disconnectAgent(accountId, user.id);
  }

  async function login(credentials: Parameters<Auth['login']>[0]): Promise<SignIn> {
    await guard.enter(credentials);
    const user = await users.findBy('email', credentials.email);
    const matches = await deps.passwords.verify(user?.passwordHash, credentials.password.reveal());
    if (user === undefined || !matches || user.disabled) throw new Refusal('auth.invalid_credentials');
    await guard.succeeded(credentials);
    return signInOf(user, await families.start(user.id));
  }

  async function refresh(refreshToken: string): Promise<SignIn> {
    const rotation = await families.rotate(refreshToken);
    if (rotation.kind === 'unknown') throw new Refusal('auth.required');
    const user = await users.get(rotation.userId);
    if (rotation.kind === 'reused') {
      if (user !== undefined) disconnect(user);
      throw new Refusal('auth.refresh_reused');
    }
    if (user === undefined || user.disabled) {
      await families.end(rotation.familyId);
      throw new Refusal('auth.required');
    }
    return signInOf(user, rotation);
  }

  async function authenticate(accessToken: string): Promise<User> {
    const { userId, familyId } = readToken(tokens, accessToken);
    const [user, signedIn] = await Promise.all([users.get(userId), families.alive(familyId, userId)]);
    if (user === undefined || user.disabled || !signedIn) throw new Refusal('auth.required');
    return user;
  }

  return {
    login,
    refresh,
    logout: (refreshToken) => families.end(familyIdOf(refreshToken)),
    authenticate,
    staffPrincipal: async (accessToken, accountId) => principalIn(await authenticate(accessToken), accountId),
    describe,
    endSignInsOf: async (user) => {
      await families.endAllOf(user.id);
      disconnect(user);
    },
  };
}

function readToken(tokens: Tokens, accessToken: string): TokenClaims['staff'] {
  try {
    return tokens.verify('staff', accessToken);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    throw new Refusal(error.reason === 'expired' ? 'auth.token_expired' : 'auth.required');
  }
}
