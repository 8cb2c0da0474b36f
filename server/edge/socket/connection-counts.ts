import { Refusal, type VisitorPrincipal } from '../../domain/index.ts';

export interface ConnectionLimits {
  /** Stops one token shared out to thousands of sockets, each of which would get every event. */
  readonly socketsPerSession: number;
  /** Stops a script that makes sessions without end under a public site key. */
  readonly sessionsPerSite: number;
}

/** Counts who is connected to this node, per session and per site. */
export class ConnectionCounts {
  readonly #limits: ConnectionLimits;
  readonly #socketsOfSession = new Map<string, number>();
  readonly #sessionsOfSite = new Map<string, number>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** @throws Refusal `rate_limited`, `session.limit`; then nothing is counted */
  enterVisitor({ sessionId, siteId }: VisitorPrincipal): void {
    const sockets = this.#socketsOfSession.get(sessionId) ?? 0;
    if (sockets >= this.#limits.socketsPerSession) throw new Refusal('rate_limited');
    const sessions = this.#sessionsOfSite.get(siteId) ?? 0;
    if (sockets === 0 && sessions >= this.#limits.sessionsPerSite) throw new Refusal('session.limit');
    this.#socketsOfSession.set(sessionId, sockets + 1);
    if (sockets === 0) this.#sessionsOfSite.set(siteId, sessions + 1);
  }

  leaveVisitor({ sessionId, siteId }: VisitorPrincipal): void {
    if (subtractOne(this.#socketsOfSession, sessionId) === 0) subtractOne(this.#sessionsOfSite, siteId);
  }

  /** @throws Refusal `rate_limited` */
  enterStaff(accountId: string, userId: string): void {
    const key = `${accountId}:${userId}`;
    const sockets = this.#socketsOfSession.get(key) ?? 0;
    if (sockets >= this.#limits.socketsPerSession) throw new Refusal('rate_limited');
    this.#socketsOfSession.set(key, sockets + 1);
  }

  leaveStaff(accountId: string, userId: string): void {
    subtractOne(this.#socketsOfSession, `${accountId}:${userId}`);
  }
}

function subtractOne(counts: Map<string, number>, key: string): number {
  const left = (counts.get(key) ?? 1) - 1;
  if (left <= 0) counts.delete(key);
  else counts.set(key, left);
  return Math.max(0, left);
}
