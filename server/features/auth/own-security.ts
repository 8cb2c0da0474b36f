import type { RecoveryCodes, SecondFactorStatus, TotpSetup } from '../../../shared/protocol/index.ts';
import { type Private, Refusal, type User } from '../../domain/index.ts';
import type { Clock, EntityStore } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import type { HashNewPassword } from './new-password.ts';
import type { PasswordCheck } from './password-check.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SignIns } from './sign-ins.ts';

export interface OwnSecurityDeps {
  readonly users: EntityStore<User>;
  readonly signIns: Pick<SignIns, 'endAllOf'>;
  readonly passwordCheck: PasswordCheck;
  readonly hashNewPassword: HashNewPassword;
  readonly secondFactors: SecondFactors;
  readonly audit: Pick<Audit, 'record'>;
  readonly clock: Clock;
}

/**
 * What people do about their own sign-in. Where a password is asked for, refusals are `auth.password_wrong` and
 * `auth.locked`; where a code is, `auth.code_wrong` and `auth.locked`.
 */
export class OwnSecurity {
  readonly #deps: OwnSecurityDeps;

  constructor(deps: OwnSecurityDeps) {
    this.#deps = deps;
  }

  /**
   * Every other sign-in of the user ends.
   * @throws Refusal `auth.password_weak`, `conflict`
   */
  async changePassword(
    user: User,
    input: { current: Private<string>; next: Private<string>; signInId: string },
  ): Promise<void> {
    await this.#deps.passwordCheck.require(user, input.current);
    await setPassword(this.#deps, user, input.next);
    await this.#deps.signIns.endAllOf(user, input.signInId);
    await noteOf(this.#deps.audit, user, 'user.password_changed');
  }

  secondFactor(user: User): Promise<SecondFactorStatus> {
    return this.#deps.secondFactors.status(user);
  }

  /** @throws Refusal `conflict` when there is one already */
  async setUp(user: User, password: Private<string>): Promise<TotpSetup> {
    await this.#deps.passwordCheck.require(user, password);
    return this.#deps.secondFactors.setUp(user);
  }

  async confirm(user: User, code: string): Promise<RecoveryCodes> {
    const recoveryCodes = await this.#deps.secondFactors.confirm(user, code);
    await noteOf(this.#deps.audit, user, 'user.second_factor_on');
    return { recoveryCodes };
  }

  async renewRecoveryCodes(
    user: User,
    given: { password: Private<string>; code: string },
  ): Promise<RecoveryCodes> {
    await this.#deps.passwordCheck.require(user, given.password);
    await this.#deps.secondFactors.verify(user, given.code);
    const recoveryCodes = await this.#deps.secondFactors.renewRecoveryCodes(user);
    await noteOf(this.#deps.audit, user, 'user.recovery_codes_renewed');
    return { recoveryCodes };
  }

  /** @throws Refusal `auth.second_factor_mandatory` */
  async turnOff(user: User, given: { password: Private<string>; code: string }): Promise<void> {
    if (await this.#deps.secondFactors.isRequired(user)) throw new Refusal('auth.second_factor_mandatory');
    await this.#deps.passwordCheck.require(user, given.password);
    await this.#deps.secondFactors.verify(user, given.code);
    await this.#deps.secondFactors.remove(user.id);
    await noteOf(this.#deps.audit, user, 'user.second_factor_off');
  }
}

/** @throws Refusal `auth.password_weak`, `conflict` */
export async function setPassword(
  deps: Pick<OwnSecurityDeps, 'users' | 'hashNewPassword' | 'clock'>,
  user: User,
  password: Private<string>,
): Promise<void> {
  const passwordHash = await deps.hashNewPassword(password, user);
  const next = { ...user, passwordHash, version: user.version + 1, updatedAt: deps.clock.now() };
  if (!(await deps.users.replace(next))) throw new Refusal('conflict');
}

/** Tells every account that the person works for what they did about their sign-in. */
export async function noteOf(audit: Pick<Audit, 'record'>, user: User, action: string): Promise<void> {
  const actor = { kind: 'user', id: user.id } as const;
  const target = { kind: 'user', id: user.id };
  await Promise.all(
    user.memberships.map(({ accountId }) => audit.record({ accountId, actor, action, target })),
  );
}
