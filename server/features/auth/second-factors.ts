import type { SecondFactorStatus, TotpSetup } from '../../../shared/protocol/index.ts';
import { Refusal, type SecondFactor, type User } from '../../domain/index.ts';
import type { SecretBox } from '../../pipeline/secret-box.ts';
import type { Clock, EntityStore, Ids, RateLimit, RateLimiter } from '../../ports/index.ts';
import type { OneTimeCodes } from '../../ports/one-time-codes.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import { recoveryCodeFrom, spelled } from './recovery-codes.ts';

const SEALED_BY = { owner: 'instance', purpose: 'totp' } as const;
const RECOVERY_CODES = 10;

export interface SecondFactorsDeps {
  readonly secondFactors: EntityStore<SecondFactor>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly box: SecretBox;
  readonly codes: OneTimeCodes;
  readonly rateLimiter: RateLimiter;
  /** Wrong codes of one person. */
  readonly limit: RateLimit;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Second factors of staff. Who turns one on or off has shown who they are before. */
export class SecondFactors {
  readonly #deps: SecondFactorsDeps;

  constructor(deps: SecondFactorsDeps) {
    this.#deps = deps;
  }

  async status(user: User): Promise<SecondFactorStatus> {
    const [factor, required] = await Promise.all([this.#confirmed(user.id), this.isRequired(user)]);
    if (factor?.confirmedAt === undefined) return { enabled: false, required, recoveryCodesLeft: 0 };
    const enabledAt = new Date(factor.confirmedAt).toISOString();
    return { enabled: true, enabledAt, required, recoveryCodesLeft: factor.recoveryHashes.length };
  }

  async isOn(userId: string): Promise<boolean> {
    return (await this.#confirmed(userId)) !== undefined;
  }

  /** Whether an account that the user works for asks for one. */
  async isRequired(user: User): Promise<boolean> {
    const settings = await Promise.all(
      user.memberships.map(({ accountId }) => this.#deps.settings.get(accountId).catch(ignoreGone)),
    );
    return settings.some((of) => of?.signIn?.secondFactorRequired === true);
  }

  /**
   * A new secret for the user's app; it counts once a code of it was shown.
   * @throws Refusal `conflict` when there is a second factor already
   */
  async setUp(user: User): Promise<TotpSetup> {
    const { secondFactors, box, codes, clock } = this.#deps;
    const known = await secondFactors.get(user.id);
    if (known?.confirmedAt !== undefined) throw new Refusal('conflict');
    const secret = codes.newSecret();
    const now = clock.now();
    const factor: SecondFactor = {
      id: user.id,
      version: (known?.version ?? 0) + 1,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      sealedSecret: await box.seal(SEALED_BY, user.id, secret),
      lastStep: -1,
      recoveryHashes: [],
    };
    if (known === undefined) await secondFactors.insert(factor);
    else if (!(await secondFactors.replace(factor))) throw new Refusal('conflict');
    return { secret, address: codes.address({ secret, label: user.email }) };
  }

  /**
   * Turns it on with the first code of the app; answers the recovery codes, which are shown this once.
   * @throws Refusal `auth.code_wrong`, `auth.locked`, `conflict` (nothing was set up)
   */
  async confirm(user: User, code: string): Promise<readonly string[]> {
    const factor = await this.#deps.secondFactors.get(user.id);
    if (factor === undefined || factor.confirmedAt !== undefined) throw new Refusal('conflict');
    await this.#takeAttempt(user.id);
    const lastStep = await this.#stepOf(factor, code);
    if (lastStep === undefined) throw new Refusal('auth.code_wrong');
    const { shown, hashes } = await this.#newRecoveryCodes(user.id);
    await this.#replace(factor, {
      lastStep,
      confirmedAt: this.#deps.clock.now(),
      recoveryHashes: hashes,
    });
    await this.#deps.rateLimiter.reset(this.#deps.limit, user.id);
    return shown;
  }

  /**
   * Takes a code of the app, or a recovery code, which is used up by it.
   * @throws Refusal `auth.code_wrong`, `auth.locked`
   */
  async verify(user: User, code: string): Promise<{ readonly by: 'app' | 'recovery-code' }> {
    await this.#takeAttempt(user.id);
    const factor = await this.#confirmed(user.id);
    if (factor === undefined) throw new Refusal('auth.code_wrong');
    const step = await this.#stepOf(factor, code);
    if (step !== undefined) {
      await this.#replace(factor, { lastStep: step });
      await this.#deps.rateLimiter.reset(this.#deps.limit, user.id);
      return { by: 'app' };
    }
    const hash = await this.#deps.box.mac(SEALED_BY, user.id, spelled(code));
    const left = factor.recoveryHashes.filter((candidate) => candidate !== hash);
    if (left.length === factor.recoveryHashes.length) throw new Refusal('auth.code_wrong');
    await this.#replace(factor, { recoveryHashes: left });
    await this.#deps.rateLimiter.reset(this.#deps.limit, user.id);
    return { by: 'recovery-code' };
  }

  /** New recovery codes in the place of the old ones; shown this once. */
  async renewRecoveryCodes(user: User): Promise<readonly string[]> {
    const factor = await this.#confirmed(user.id);
    if (factor === undefined) throw new Refusal('conflict');
    const { shown, hashes } = await this.#newRecoveryCodes(user.id);
    await this.#replace(factor, { recoveryHashes: hashes });
    return shown;
  }

  /** Whether there was one. */
  remove(userId: string): Promise<boolean> {
    return this.#deps.secondFactors.delete(userId);
  }

  async #confirmed(userId: string): Promise<SecondFactor | undefined> {
    const factor = await this.#deps.secondFactors.get(userId);
    return factor?.confirmedAt === undefined ? undefined : factor;
  }

  /** Counted before the code is looked at, so that guesses made at once count too. */
  async #takeAttempt(userId: string): Promise<void> {
    const retryAfterMs = await this.#deps.rateLimiter.take(this.#deps.limit, userId);
    if (retryAfterMs > 0) throw new Refusal('auth.locked', { retryAfterMs });
  }

  /** The step of a right code that is newer than the newest taken. */
  async #stepOf(factor: SecondFactor, code: string): Promise<number | undefined> {
    const secret = await this.#deps.box.open(SEALED_BY, factor.id, factor.sealedSecret);
    const step = this.#deps.codes.stepOf({ secret, code, at: this.#deps.clock.now() });
    return step !== undefined && step > factor.lastStep ? step : undefined;
  }

  async #newRecoveryCodes(userId: string): Promise<{ shown: readonly string[]; hashes: readonly string[] }> {
    const shown = Array.from({ length: RECOVERY_CODES }, () => recoveryCodeFrom(this.#deps.ids.secret()));
    const hashes = shown.map((code) => this.#deps.box.mac(SEALED_BY, userId, spelled(code)));
    return { shown, hashes: await Promise.all(hashes) };
  }

  /** The conditional write decides which of two uses of one code at once is the first; the other was too late. */
  async #replace(factor: SecondFactor, change: Partial<SecondFactor>): Promise<void> {
    const next = { ...factor, ...change, version: factor.version + 1, updatedAt: this.#deps.clock.now() };
    if (!(await this.#deps.secondFactors.replace(next))) throw new Refusal('auth.code_wrong');
  }
}

/** An account that is being erased asks for nothing any more. */
function ignoreGone(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 'not_found') return undefined;
  throw error;
}
