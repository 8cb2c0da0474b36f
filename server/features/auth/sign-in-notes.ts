import type { AuditEntry, User } from '../../domain/index.ts';
import type { RateLimit, RateLimiter } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';

export interface SignInNotesDeps {
  readonly audit: Pick<Audit, 'record'>;
  readonly rateLimiter: RateLimiter;
  /** Failed attempts at one person that get noted. */
  readonly failures: RateLimit;
}

/** Notes of a user's sign-ins in the audit log of every account that they belong to. */
export class SignInNotes {
  readonly #deps: SignInNotesDeps;

  constructor(deps: SignInNotesDeps) {
    this.#deps = deps;
  }

  /**
   * An attempt that failed is nobody's deed: whose password was tried is what it was done to. Beyond the limit it is
   * refused all the same, and not noted.
   */
  async failed(user: User): Promise<void> {
    const { rateLimiter, failures } = this.#deps;
    if ((await rateLimiter.take(failures, user.id)) > 0) return;
    await this.#note(user, { actor: { kind: 'system' }, action: 'sign-in.failed' });
  }

  async of(
    user: User,
    action: 'sign-in.succeeded' | 'sign-in.ended' | 'sign-in.token_reused',
  ): Promise<void> {
    await this.#note(user, { actor: { kind: 'user', id: user.id }, action });
  }

  async #note(user: User, entry: Pick<AuditEntry, 'actor' | 'action'>): Promise<void> {
    const target = { kind: 'user', id: user.id };
    const accountIds = user.memberships.map(({ accountId }) => accountId);
    await Promise.all(
      accountIds.map((accountId) => this.#deps.audit.record({ accountId, ...entry, target })),
    );
  }
}
