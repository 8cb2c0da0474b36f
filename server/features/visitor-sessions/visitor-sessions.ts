import type { AttachmentPolicy, VisitorSession as OpenedSession } from '../../../shared/protocol/index.ts';
import {
  DAY_MS,
  isLiveSession,
  Refusal,
  type Site,
  sessionEnd,
  type VisitorClient,
  type VisitorPrincipal,
  type VisitorSession,
} from '../../domain/index.ts';
import type { Clock, Ids, RateLimit, RateLimiter, StorePage, Stores } from '../../ports/index.ts';
import { TokenRejected, type Tokens } from '../../ports/tokens.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { KnownSites } from '../sites/index.ts';
import { isOpen } from './business-hours.ts';

/** Opened again after this long, it counts as another visit; the pause that web analytics takes by custom. */
const NEW_VISIT_AFTER_MS = 30 * 60_000;

export interface VisitorSessionsDeps {
  readonly stores: Pick<Stores, 'presence'> & {
    readonly conversations: Pick<Stores['conversations'], 'findOpenBySession'>;
    readonly entities: Pick<Stores['entities'], 'sites' | 'accounts' | 'visitorSessions'>;
  };
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  /** Takes a signed identity in; refuses one that is not good, before anything is opened. */
  readonly identities: VisitorIdentities;
  readonly knownSites: Pick<KnownSites, 'has'>;
  readonly tokens: Tokens;
  readonly rateLimiter: RateLimiter;
  /** New sessions of one site. */
  readonly sessionsPerSite: RateLimit;
  /** What a visitor may send as a file. */
  readonly attachmentPolicy: (accountId: string) => Promise<AttachmentPolicy>;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface OpenSession {
  readonly siteKey: string;
  readonly visitorToken?: string | undefined;
  /** A signed identity of the account's own system. */
  readonly identity?: string | undefined;
  readonly client: VisitorClient;
  /** Origin of the page that asks, unless it is this server's own. */
  readonly origin?: string | undefined;
}

/** Signed identities, as far as opening a session needs them. */
export interface VisitorIdentities {
  /** The fields that it speaks of. @throws Refusal `identity.rejected`, `profile.field_not_allowed` */
  read(accountId: string, identity: string): Promise<Readonly<Record<string, string>>>;
  keep(visitor: VisitorPrincipal, fields: Readonly<Record<string, string>>): Promise<void>;
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
    const identified = await this.#identified(site, request.identity);
    const { session, visitorToken } = await this.#sessionOf(site, request);
    const [openConversation, online, attachments] = await Promise.all([
      stores.conversations.findOpenBySession(session.id),
      this.#isOnline(site.accountId),
      this.#deps.attachmentPolicy(site.accountId),
    ]);
    const { id: sessionId, accountId, siteId, expiresAt, endsAt = expiresAt } = session;
    const principal = { accountId, siteId, sessionId };
    if (identified !== undefined) await this.#deps.identities.keep(principal, identified);
    return {
      token: tokens.sign({ audience: 'visitor', claims: principal, expiresAt: endsAt }),
      visitorToken,
      sessionId,
      ...(openConversation !== undefined && { openConversationId: openConversation.id }),
      site: {
        name: site.name,
        theme: site.theme,
        online,
        prechat: site.prechat,
        locale: site.locale,
        attachments,
      },
    };
  }

  /**
   * Who holds the token, by its signature alone: no store is read.
   * @throws Refusal `auth.token_expired`, `auth.required`
   */
  verify(token: string): VisitorPrincipal {
    return readToken(this.#deps.tokens, token);
  }

  /**
   * As {@link verify}, and the site is still there.
   * @throws Refusal `auth.token_expired`, `auth.required`, `auth.site_unknown`
   */
  async admit(token: string): Promise<VisitorPrincipal> {
    const visitor = this.verify(token);
    if (!(await this.#deps.knownSites.has(visitor.siteId))) throw new Refusal('auth.site_unknown');
    return visitor;
  }

  async #identified(site: Site, identity: string | undefined) {
    return identity === undefined ? undefined : this.#deps.identities.read(site.accountId, identity);
  }

  /** A token that this server does not know is never taken over: the visitor gets a new one. */
  async #sessionOf(site: Site, { visitorToken: presented, client }: OpenSession) {
    const earlier = presented === undefined ? undefined : await this.#newestOf(site, presented);
    const retentionMs = await this.#retentionMs(site.accountId);
    if (presented !== undefined && earlier !== undefined) {
      const goesOn = isLiveSession(earlier, this.#deps.clock.now());
      const session = goesOn
        ? await this.#renew(earlier, { client, retentionMs })
        : await this.#begin(site, { visitorToken: presented, client, retentionMs, earlier });
      return { session, visitorToken: presented };
    }
    const visitorToken = this.#deps.ids.secret();
    return { session: await this.#begin(site, { visitorToken, client, retentionMs }), visitorToken };
  }

  /** The visitor's last session on the site that is still known, ended or not; none when it is not as it was written. */
  async #newestOf(site: Site, visitorToken: string): Promise<VisitorSession | undefined> {
    const { visitorSessions } = this.#deps.stores.entities;
    const where = { visitorHash: this.#deps.tokens.fingerprint(visitorToken) };
    const page = visitorSessions.list({ where, newestFirst: true, limit: 1 });
    const [known] = (await page.catch(noneIfTampered)).items;
    return known?.siteId === site.id && known.expiresAt > this.#deps.clock.now() ? known : undefined;
  }

  async #retentionMs(accountId: string): Promise<number> {
    return (await this.#deps.settings.get(accountId)).transcriptRetentionDays * DAY_MS;
  }

  /** When a replaced version is lost to another tab's renewal, the other's stands and is as good. */
  async #renew(
    session: VisitorSession,
    { client, retentionMs }: { client: VisitorClient; retentionMs: number },
  ): Promise<VisitorSession> {
    const now = this.#deps.clock.now();
    const isNewVisit = now - session.updatedAt >= NEW_VISIT_AFTER_MS;
    const renewed = {
      ...session,
      version: session.version + 1,
      updatedAt: now,
      client,
      visits: session.visits + (isNewVisit ? 1 : 0),
      endsAt: sessionEnd(session.createdAt, now, retentionMs),
      retainFrom: now,
      expiresAt: now + retentionMs,
    };
    await this.#deps.stores.entities.visitorSessions.replace(renewed);
    return renewed;
  }

  async #begin(
    site: Site,
    of: { visitorToken: string; client: VisitorClient; retentionMs: number; earlier?: VisitorSession },
  ): Promise<VisitorSession> {
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
      visitorHash: tokens.fingerprint(of.visitorToken),
      visits: (of.earlier?.visits ?? 0) + 1,
      client: of.client,
      ...(of.earlier?.invited !== undefined && { invited: of.earlier.invited }),
      endsAt: sessionEnd(now, now, of.retentionMs),
      retainFrom: now,
      expiresAt: now + of.retentionMs,
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

/** A page of an origin that the site does not list is refused; without a list any page may. */
function requireAllowedOrigin(site: Site, origin: string | undefined): void {
  if (origin === undefined || site.allowedOrigins.length === 0) return;
  if (!site.allowedOrigins.includes(origin)) {
    throw new Refusal('forbidden', { detail: 'This site does not take visitors from the page that asks.' });
  }
}

/** Who altered a record, and was told of, keeps no visitor away: they begin a session anew. */
function noneIfTampered(error: unknown): StorePage<VisitorSession> {
  if (error instanceof Refusal && error.code === 'record.tampered') return { items: [] };
  throw error;
}

function readToken(tokens: Tokens, token: string): VisitorPrincipal {
  try {
    return tokens.verify('visitor', token);
  } catch (error) {
    if (!(error instanceof TokenRejected)) throw error;
    throw new Refusal(error.reason === 'expired' ? 'auth.token_expired' : 'auth.required');
  }
}
