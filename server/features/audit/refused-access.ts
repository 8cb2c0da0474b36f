import {
  type AuditEntry,
  Refusal,
  type StaffPrincipal,
  type User,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import { type Logger, logId, type RateLimit, type RateLimiter } from '../../ports/index.ts';
import type { Audit } from './audit.ts';

/** Somebody who is known tried to reach something. */
export interface Attempt {
  readonly by: User | StaffPrincipal | VisitorPrincipal;
  /** The route's or the event's own name, never what a client made up. */
  readonly what: string;
  /** What it was tried on, as the client named it; `account` for an account. */
  readonly target?: { readonly kind: string; readonly id: unknown } | undefined;
}

export interface RefusedAccessDeps {
  readonly audit: Pick<Audit, 'record'>;
  readonly rateLimiter: RateLimiter;
  /** Entries of one actor: stops a script that fills the audit log with refusals. */
  readonly limits: { readonly staff: RateLimit; readonly visitor: RateLimit };
  readonly logger: Logger;
}

const REFUSALS: ReadonlySet<string> = new Set(['not_found', 'forbidden']);
/** An id as this server makes them. Anything else that a client calls an id may be what it must not keep. */
const ID = /^(?!.*\d{6})[\w-]{22}$/;

/**
 * Notes in the audit log of whoever tried that they were refused: something of another account, something that is not
 * there, or something they may not do. The account that was aimed at learns nothing, as the one who tried does.
 */
export class RefusedAccess {
  readonly #deps: RefusedAccessDeps;

  constructor(deps: RefusedAccessDeps) {
    this.#deps = deps;
  }

  /** Does the work; when it is refused, that is noted, and the refusal goes on. */
  async noting<T>(attempt: Attempt, work: () => Promise<T> | T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal && REFUSALS.has(error.code)) await this.#note(attempt, error.code);
      throw error;
    }
  }

  /** A refusal stands whether it can be noted or not. */
  async #note(attempt: Attempt, code: string): Promise<void> {
    const { by, what, target } = attempt;
    const { actor, accountIds } = actorOf(by, target);
    const limit = actor.kind === 'visitor' ? this.#deps.limits.visitor : this.#deps.limits.staff;
    if ((await this.#deps.rateLimiter.take(limit, actor.id ?? '')) > 0) return;
    const known = target !== undefined && typeof target.id === 'string' && ID.test(target.id);
    const entry = {
      actor,
      action: 'access.refused',
      ...(known && { target: { kind: target.kind, id: String(target.id) } }),
      details: { what, code },
    };
    try {
      for (const accountId of accountIds) await this.#deps.audit.record({ accountId, ...entry });
    } catch (error) {
      this.#deps.logger.error('a refused access could not be noted', error, { code: logId(code) });
    }
  }
}

/** An account that the user belongs to is told of what happened in it; of an attempt on others, all of theirs are. */
function actorOf(
  by: Attempt['by'],
  target: Attempt['target'],
): { actor: AuditEntry['actor']; accountIds: readonly string[] } {
  if ('sessionId' in by) return { actor: { kind: 'visitor', id: by.sessionId }, accountIds: [by.accountId] };
  if ('accountId' in by) {
    const { userId, tokenId } = by;
    const actor =
      tokenId === undefined
        ? ({ kind: 'user', id: userId } as const)
        : ({ kind: 'token', id: tokenId } as const);
    return { actor, accountIds: [by.accountId] };
  }
  const mine = by.memberships.map(({ accountId }) => accountId);
  const aimedAt = mine.filter((id) => target?.kind === 'account' && id === target.id);
  return { actor: { kind: 'user', id: by.id }, accountIds: aimedAt.length > 0 ? aimedAt : mine };
}
