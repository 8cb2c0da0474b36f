import {
  type Account,
  type AuditEntry,
  Refusal,
  type StaffPrincipal,
  type User,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import type { Clock, EntityStore, Logger, RateLimit, RateLimiter } from '../../ports/index.ts';
import type { Audit } from './audit.ts';

/** Somebody who is known tried to reach something. */
export interface Attempt {
  readonly by: User | Pick<StaffPrincipal, 'accountId' | 'userId' | 'tokenId'> | VisitorPrincipal;
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
  readonly accounts: Pick<EntityStore<Account>, 'get'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly logger: Logger;
}

/** Whose log it goes to, and who did it. */
type Whose = Pick<AuditEntry, 'actor'> & { readonly accountIds: readonly string[] };

/** Refusals of one actor above their limit, which are counted until the limit's window ends. */
interface Unnoted extends Whose {
  attempts: number;
  readonly stop: () => void;
}

const REFUSALS: ReadonlySet<string> = new Set(['not_found', 'forbidden']);
/** An id as this server makes them. Anything else that a client calls an id may be what it must not keep. */
const ID = /^(?!.*\d{6})[\w-]{22}$/;

/**
 * Notes in the audit log of whoever tried that they were refused: something of another account, something that is not
 * there, or something they may not do. The account that was aimed at learns nothing, as the one who tried does. What is
 * above an actor's limit is counted, and the count noted when the limit's window ends.
 */
export class RefusedAccess {
  readonly #deps: RefusedAccessDeps;
  readonly #unnoted = new Map<string, Unnoted>();

  constructor(deps: RefusedAccessDeps) {
    this.#deps = deps;
  }

  /** Does the work; when it is refused, that is noted, and the refusal goes on. */
  async noting<T>(attempt: Attempt, work: () => Promise<T> | T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal && (error.missing !== undefined || REFUSALS.has(error.code))) {
        await this.#note({ ...attempt, target: error.missing ?? attempt.target }, error.code);
      }
      throw error;
    }
  }

  /** Notes what is counted so far. */
  async close(): Promise<void> {
    await Promise.all([...this.#unnoted.keys()].map((key) => this.#sumUp(key)));
  }

  async #note({ by, what, target }: Attempt, code: string): Promise<void> {
    const whose = whoseOf(by, target);
    const { actor } = whose;
    const limit = actor.kind === 'visitor' ? this.#deps.limits.visitor : this.#deps.limits.staff;
    const waitMs = await this.#deps.rateLimiter.take(limit, actor.id ?? '');
    if (waitMs > 0) return this.#count(whose, waitMs);
    const known = target !== undefined && typeof target.id === 'string' && ID.test(target.id);
    await this.#record(whose, {
      ...(known && { target: { kind: target.kind, id: String(target.id) } }),
      details: { what, code },
    });
  }

  #count(whose: Whose, waitMs: number): void {
    const key = [whose.actor.id, ...whose.accountIds].join();
    const counted = this.#unnoted.get(key);
    if (counted !== undefined) {
      counted.attempts += 1;
      return;
    }
    const stop = this.#deps.clock.after(waitMs, () => {
      this.#sumUp(key).catch((error) =>
        this.#deps.logger.error('refused accesses could not be noted', error),
      );
    });
    this.#unnoted.set(key, { ...whose, attempts: 1, stop });
  }

  async #sumUp(key: string): Promise<void> {
    const counted = this.#unnoted.get(key);
    if (counted === undefined) return;
    this.#unnoted.delete(key);
    counted.stop();
    // Of an account that was erased meanwhile nothing is written any more.
    const there = await Promise.all(counted.accountIds.map((id) => this.#deps.accounts.get(id)));
    const accountIds = counted.accountIds.filter((_, at) => there[at] !== undefined);
    await this.#record({ ...counted, accountIds }, { details: { attempts: counted.attempts } });
  }

  /** A refusal stands whether it can be noted or not. */
  async #record({ actor, accountIds }: Whose, entry: Pick<AuditEntry, 'target' | 'details'>): Promise<void> {
    try {
      for (const accountId of accountIds) {
        await this.#deps.audit.record({ accountId, actor, action: 'access.refused', ...entry });
      }
    } catch (error) {
      this.#deps.logger.error('a refused access could not be noted', error);
    }
  }
}

/** An account that the user belongs to is told of what happened in it; of an attempt on others, all of theirs are. */
function whoseOf(by: Attempt['by'], target: Attempt['target']): Whose {
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
