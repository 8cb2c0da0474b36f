import type { SecondFactorChallenge, SignIn } from '../../../shared/protocol/index.ts';
import {
  API_TOKEN_PREFIX,
  type Caller,
  type Private,
  Refusal,
  type StaffPrincipal,
  type User,
} from '../../domain/index.ts';
import type { Clock, EntityStore, RateLimiter } from '../../ports/index.ts';
import type { Passwords } from '../../ports/passwords.ts';
import { type TokenClaims, TokenRejected, type Tokens } from '../../ports/tokens.ts';
import type { Access } from '../access/index.ts';
import type { ApiTokens } from '../api-tokens/index.ts';
import type { RefusedAccess } from '../audit/index.ts';
import { familyIdOf } from './refresh-families.ts';
import type { SecondStep } from './second-step.ts';
import {
  createSignInGuard,
  type SignInAttempt,
  type SignInGuard,
  type SignInLimits,
} from './sign-in-guard.ts';
import type { SignInNotes } from './sign-in-notes.ts';
import type { SignIns } from './sign-ins.ts';

export interface AuthDeps {
  readonly users: EntityStore<User>;
  readonly access: Pick<Access, 'principal'>;
  readonly refusals: Pick<RefusedAccess, 'noting'>;
  readonly signIns: SignIns;
  readonly notes: SignInNotes;
  readonly apiTokens: Pick<ApiTokens, 'verify'>;
  readonly secondStep: Pick<SecondStep, 'begin'>;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly rateLimiter: RateLimiter;
  readonly limits: SignInLimits;
  readonly clock: Clock;
}

export interface Login extends SignInAttempt {
  readonly password: Private<string>;
  /** Coarse name of the browser. */
  readonly client: string;
}

/** Who somebody is: by password, by access token. */
export class Auth {
  readonly #deps: AuthDeps;
  readonly #guard: SignInGuard;

  constructor(deps: AuthDeps) {
    this.#deps = deps;
    this.#guard = createSignInGuard(deps);
  }

  /** @throws Refusal `auth.invalid_credentials` (also for a disabled user), `auth.locked` */
  async login(login: Login): Promise<SignIn | SecondFactorChallenge> {
    await this.#guard.enter(login);
    const user = await this.#deps.users.findBy('email', login.email);
    const matches = await this.#deps.passwords.verify(user?.passwordHash, login.password.reveal());
    if (user === undefined || !matches || user.disabled) {
      if (user !== undefined) await this.#deps.notes.failed(user);
      throw new Refusal('auth.invalid_credentials');
    }
    await this.#guard.succeeded(login);
    return this.#deps.secondStep.begin(user, login.client);
  }

  /** @throws Refusal `auth.refresh_reused`, `auth.required` */
  refresh(refreshToken: string): Promise<SignIn> {
    return this.#deps.signIns.renew(refreshToken);
  }

  /** Ends the sign-in that the token belongs to, with its access tokens and sockets; an unknown token ends nothing. */
  async logout(refreshToken: string): Promise<void> {
    await this.#deps.signIns.end(familyIdOf(refreshToken));
  }

  /**
   * The user as the store has them now, so that a change of roles counts from the next call; `shown` is an access
   * token or an API token.
   * @throws Refusal `auth.token_expired`, `auth.required`, `auth.api_token_expired`, `auth.address_not_allowed`
   */
  async authenticate(shown: string, address: Private<string>): Promise<Caller> {
    if (!shown.startsWith(API_TOKEN_PREFIX)) return this.#bySignIn(shown);
    const token = await this.#deps.apiTokens.verify(shown, address);
    const user = await this.#deps.users.get(token.createdBy);
    if (user === undefined || user.disabled) throw new Refusal('auth.required');
    return { user, token };
  }

  /**
   * For sockets, which an API token does not open.
   * @throws Refusal `auth.token_expired`, `auth.required`, and `not_found` when the user is a stranger to the account
   */
  async staffPrincipal(accessToken: string, accountId: string): Promise<StaffPrincipal> {
    const { user, signInId } = await this.#bySignIn(accessToken);
    const { access, refusals } = this.#deps;
    const attempt = { by: user, what: 'connect', target: { kind: 'account', id: accountId } };
    const principal = await refusals.noting(attempt, () => access.principal(user, accountId));
    return { ...principal, signInId };
  }

  async #bySignIn(accessToken: string): Promise<{ readonly user: User; readonly signInId: string }> {
    const { userId, familyId } = readToken(this.#deps.tokens, accessToken);
    const [user, signedIn] = await Promise.all([
      this.#deps.users.get(userId),
      this.#deps.signIns.alive(familyId, userId),
    ]);
    if (user === undefined || user.disabled || !signedIn) throw new Refusal('auth.required');
    return { user, signInId: familyId };
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
