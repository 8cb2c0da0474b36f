import type { VisitorSession as OpenedSession } from '../../../shared/protocol/index.ts';
import {
  DAY_MS,
  Refusal,
  type Site,
  type VisitorPrincipal,
  type VisitorSession,
} from '../../domain/index.ts';
import type { Clock, Ids, RateLimit, RateLimiter, Stores } from '../../ports/index.ts';
import { TokenRejected, type Tokens } from '../../ports/tokens.ts';
import { isOpen } from './business-hours.ts';

/** A session ends when it has not been opened again for this long; its access token as well. */
const SESSION_IDLE_MS = DAY_MS;
/** Opened again after this long, it counts as another visit; the pause that web analytics takes by custom. */
const NEW_VISIT_AFTER_MS = 30 * 60_000;

export interface VisitorSessionsDeps {
  readonly stores: Pick<Stores, 'presence'> & {
    readonly conversations: Pick<Stores['conversations'], 'findOpenBySession'>;
    readonly entities: Pick<Stores['entities'], 'sites' | 'accounts' | 'visitorSessions'>;
  };
  readonly tokens: Tokens;
  readonly rateLimiter: RateLimiter;
  /** New sessions of one site. */
  readonly sessionsPerSite: RateLimit;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface OpenSession {
  readonly siteKey: string;
  readonly visitorToken?: string | undefined;
  /** Origin of the page that asks, unless it is this server's own. */
  readonly origin?: string | undefined;
}

/** Sessions of visitors on a site. A session holds no personal data. */
export class VisitorSessions {
  readonly #deps: VisitorSessionsDeps;

  constructor(deps: VisitorSessionsDeps) {
    this.#deps = deps;
  }

  /**
   * Begins a session, or takes up the one of a visitor token that this server gave out.
   * @throws Refusal `auth.site_unknown`, `forbidden` (origin), `session.limit`
   */
  async open(request: OpenSession): Promise<OpenedSession> {
    const { stores, tokens } = this.#deps;
    const site = await stores.entities.sites.findBy('siteKey', request.siteKey);
    if (site === undefined) throw new Refusal('auth.site_unknown');
    requireAllowedOrigin(site, request.origin);
    const { session, visitorToken } = await this.#sessionOf(site, request.visitorToken);
    const [openConversation, online] = await Promise.all([
      stores.conversations.findOpenBySession(session.id),
      this.#isOnline(site.accountId),
    ]);
    const { id: sessionId, accountId, siteId, expiresAt } = session;
    return {
      token: tokens.sign({ audience: 'visitor', claims: { accountId, siteId, sessionId }, expiresAt }),
      visitorToken,
      sessionId,
      ...(openConversation !== undefined && { openConversationId: openConversation.id }),
      site: { name: site.name, theme: site.theme, online, prechat: site.prechat, locale: site.locale },
    };
  }

  /**
   * Who holds the token, by its signature alone: no store is read.
   * @throws Refusal `auth.token_expired`, `auth.required`
   */
  verify(token: string): VisitorPrincipal {
    return readToken(this.#deps.tokens, token);
  }

  /** A token that this server does not know is never taken over: the visitor gets a new one. */
  async #sessionOf(site: Site, presented: string | undefined) {
    const known = presented === undefined ? undefined : await this.#takeUp(site, presented);
    if (presented !== undefined && known !== undefined) return { session: known, visitorToken: presented };
    const visitorToken = this.#deps.ids.secret();
    return { session: await this.#begin(site, visitorToken), visitorToken };
  }

  async #takeUp(site: Site, visitorToken: string): Promise<VisitorSession | undefined> {
    const { visitorSessions } = this.#deps.stores.entities;
    const now = this.#deps.clock.now();
    const where = { visitorHash: this.#deps.tokens.fingerprint(visitorToken) };
    const [known] = (await visitorSessions.list({ where, limit: 1 })).items;
    if (known?.siteId !== site.id || known.expiresAt <= now) return undefined;
    const renewed = renew(known, now);
    await visitorSessions.replace(renewed);
    return renewed;
  }

  async #begin(site: Site, visitorToken: string): Promise<VisitorSession> {
    const { rateLimiter, sessionsPerSite, stores, ids, tokens, clock } = this.#deps;
    const retryAfterMs = await rateLimiter.take(sessionsPerSite, site.id);
    if (retryAfterMs > 0) throw new Refusal('session.limit', { retryAfterMs });
    const now = clock.now();
    const session: VisitorSession = {
      id: ids.id(),
      version: 1,
      createdAt: now,
      updatedAt: now,
      accountId: site.accountId,
      siteId: site.id,
      visitorHash: tokens.fingerprint(visitorToken),
      visits: 1,
      expiresAt: now + SESSION_IDLE_MS,
    };
    await stores.entities.visitorSessions.insert(session);
    return session;
  }

  async #isOnline(accountId: string): Promise<boolean> {
    const { stores, clock } = this.#deps;
    const [account, agents] = await Promise.all([
      stores.entities.accounts.get(accountId),
      stores.presence.list(accountId),
    ]);
    const now = clock.now();
    if (account === undefined || !isOpen(account.settings, now)) return false;
    return agents.some((agent) => agent.status === 'online' && agent.leaseUntil > now);
  }
}

export function createVisitorSessions(deps: VisitorSessionsDeps): VisitorSessions {
  return new VisitorSessions(deps);
}

/** When a replaced version is lost to another tab's renewal, the other's stands and is as good. */
function renew(session: VisitorSession, now: number): VisitorSession {
  const isNewVisit = now - session.updatedAt >= NEW_VISIT_AFTER_MS;
  return {
    ...session,
    version: session.version + 1,
    updatedAt: now,
    visits: session.visits + (isNewVisit ? 1 : 0),
    expiresAt: now + SESSION_IDLE_MS,
  };
}

/** A page of an origin that the site does not list is refused; without a list any page may. */
function requireAllowedOrigin(site: Site, origin: string | undefined): void {
  if (origin === undefined || site.allowedOrigins.length === 0) return;
  if (!site.allowedOrigins.includes(origin)) {
    throw new Refusal('forbidden', { detail: 'This site does not take visitors from the page that asks.' });
  }
}

function readToken(tokens: Tokens, token: string): VisitorPrincipal {
  try {
    return tokens.verify('visitor', token);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    throw new Refusal(error.reason === 'expired' ? 'auth.token_expired' : 'auth.required');
  }
}
