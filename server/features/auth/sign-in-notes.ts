import type { AuditEntry, User } from '../../domain/index.ts';
import type { Audit } from '../audit/index.ts';

/** Notes of a user's sign-ins in the audit log of every account that they belong to. */
export class SignInNotes {
  readonly #audit: Pick<Audit, 'record'>;

  constructor(audit: Pick<Audit, 'record'>) {
    this.#audit = audit;
  }

  /** An attempt that failed is nobody's deed: whose password was tried is what it was done to. */
  async failed(user: User): Promise<void> {
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
    await Promise.all(accountIds.map((accountId) => this.#audit.record({ accountId, ...entry, target })));
  }
}
