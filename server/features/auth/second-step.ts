import type {
  SecondFactorChallenge,
  SecondFactorSignIn,
  SignIn,
  TotpSetup,
} from '../../../shared/protocol/index.ts';
import { Refusal, type User } from '../../domain/index.ts';
import type { Clock, EntityStore } from '../../ports/index.ts';
import { TokenRejected, type Tokens } from '../../ports/tokens.ts';
import type { Audit } from '../audit/index.ts';
import { noteOf } from './own-security.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SignInNotes } from './sign-in-notes.ts';
import type { SignIns } from './sign-ins.ts';

const CHALLENGE_LIFE_MS = 5 * 60_000;
const STAMP_LENGTH = 16;

export interface SecondStepDeps {
  readonly users: EntityStore<User>;
  readonly signIns: Pick<SignIns, 'start'>;
  readonly secondFactors: SecondFactors;
  readonly tokens: Tokens;
  readonly notes: Pick<SignInNotes, 'failed'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly clock: Clock;
}

/** From a first factor that was right to a sign-in: at once, or by a second one. */
export class SecondStep {
  readonly #deps: SecondStepDeps;

  constructor(deps: SecondStepDeps) {
    this.#deps = deps;
  }

  /** `client` is the coarse name of the browser. */
  async begin(user: User, client: string): Promise<SignIn | SecondFactorChallenge> {
    if (await this.#deps.secondFactors.isOn(user.id)) return this.#challenge(user, 'code');
    if (await this.#deps.secondFactors.isRequired(user)) return this.#challenge(user, 'setup');
    return this.#deps.signIns.start(user, client);
  }

  /** A secret for who must set a second factor up before they are let in. @throws Refusal `auth.challenge_expired`, `conflict` */
  async setUp(challenge: string): Promise<TotpSetup> {
    return this.#deps.secondFactors.setUp(await this.#userOf(challenge));
  }

  /** @throws Refusal `auth.challenge_expired`, `auth.code_wrong`, `auth.locked` */
  async finish(given: { challenge: string; code: string; client: string }): Promise<SecondFactorSignIn> {
    const { secondFactors, signIns, audit } = this.#deps;
    const user = await this.#userOf(given.challenge);
    if (await secondFactors.isOn(user.id)) {
      const { by } = await this.#noting(user, () => secondFactors.verify(user, given.code));
      if (by === 'recovery-code') await noteOf(audit, user, 'user.recovery_code_used');
      return signIns.start(user, given.client);
    }
    const recoveryCodes = await secondFactors.confirm(user, given.code);
    await noteOf(audit, user, 'user.second_factor_on');
    return { ...(await signIns.start(user, given.client)), recoveryCodes };
  }

  /** A wrong code after the right password is worth knowing: the password may be in other hands. */
  async #noting<T>(user: User, verify: () => Promise<T>): Promise<T> {
    try {
      return await verify();
    } catch (error) {
      if (error instanceof Refusal && error.code === 'auth.code_wrong') await this.#deps.notes.failed(user);
      throw error;
    }
  }

  #challenge(user: User, kind: 'code' | 'setup'): SecondFactorChallenge {
    const challenge = this.#deps.tokens.sign({
      audience: 'second-factor',
      claims: { userId: user.id, stamp: this.#stampOf(user) },
      expiresAt: this.#deps.clock.now() + CHALLENGE_LIFE_MS,
    });
    return { secondFactor: { kind, challenge, expiresIn: CHALLENGE_LIFE_MS / 1000 } };
  }

  async #userOf(challenge: string): Promise<User> {
    const { userId, stamp } = this.#claimsOf(challenge);
    const user = await this.#deps.users.get(userId);
    if (user === undefined || user.disabled || this.#stampOf(user) !== stamp) {
      throw new Refusal('auth.challenge_expired');
    }
    return user;
  }

  #claimsOf(challenge: string) {
    try {
      return this.#deps.tokens.verify('second-factor', challenge);
    } catch (error) {
      if (error instanceof TokenRejected) throw new Refusal('auth.challenge_expired');
      throw error;
    }
  }

  #stampOf(user: User): string {
    return this.#deps.tokens.fingerprint(user.passwordHash).slice(0, STAMP_LENGTH);
  }
}
