import type { CreatedPasswordReset } from '../../../shared/protocol/index.ts';
import { DAY_MS, type PasswordReset, type Private, Refusal, type User } from '../../domain/index.ts';
import type { Clock, EntityStore, Ids } from '../../ports/index.ts';
import type { Tokens } from '../../ports/tokens.ts';
import type { Audit } from '../audit/index.ts';
import type { HashNewPassword } from './new-password.ts';
import { noteOf, setPassword } from './own-security.ts';
import type { SignIns } from './sign-ins.ts';

const LIFE_MS = DAY_MS;

export interface PasswordResetsDeps {
  readonly users: EntityStore<User>;
  readonly resets: EntityStore<PasswordReset>;
  readonly tokens: Pick<Tokens, 'fingerprint'>;
  readonly hashNewPassword: HashNewPassword;
  readonly signIns: Pick<SignIns, 'endAllOf'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** One-time tokens that lead to a new password; an administrator hands one over, the server sends nothing. */
export class PasswordResets {
  readonly #deps: PasswordResetsDeps;

  constructor(deps: PasswordResetsDeps) {
    this.#deps = deps;
  }

  /** Earlier ones of the user are void. The password at hand stays good until the token is used. */
  async create(user: User): Promise<CreatedPasswordReset> {
    const { resets, tokens, ids, clock } = this.#deps;
    const token = ids.secret();
    const now = clock.now();
    const expiresAt = now + LIFE_MS;
    await resets.deleteWhere({ userId: user.id });
    await resets.insert({
      id: ids.id(),
      version: 1,
      createdAt: now,
      updatedAt: now,
      userId: user.id,
      tokenHash: tokens.fingerprint(token),
      expiresAt,
    });
    return { token, expiresAt: new Date(expiresAt).toISOString() };
  }

  /**
   * Sets the password; every sign-in of the user ends, the second factor stays.
   * @throws Refusal `auth.challenge_expired` (unknown, used up or too old), `auth.password_weak`
   */
  async use(token: string, password: Private<string>): Promise<void> {
    const { resets, users, tokens, clock } = this.#deps;
    const reset = await resets.findBy('tokenHash', tokens.fingerprint(token));
    const user = reset === undefined ? undefined : await users.get(reset.userId);
    if (reset === undefined || reset.expiresAt <= clock.now() || user === undefined || user.disabled) {
      throw new Refusal('auth.challenge_expired');
    }
    await setPassword(this.#deps, user, password);
    await resets.deleteWhere({ userId: user.id });
    await this.#deps.signIns.endAllOf(user);
    await noteOf(this.#deps.audit, user, 'user.password_reset');
  }
}
