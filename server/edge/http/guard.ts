import type { Request } from 'express';
import {
  actingBy,
  type Caller,
  may,
  Private,
  Refusal,
  type StaffPrincipal,
  type User,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import type { Access } from '../../features/access/index.ts';
import type { AccessGrants } from '../../features/access-grants/index.ts';
import type { Attempt, RefusedAccess } from '../../features/audit/index.ts';
import type { Auth } from '../../features/auth/index.ts';
import type { VisitorSessions } from '../../features/visitor-sessions/index.ts';
import type { Metrics, RateLimit, RateLimiter } from '../../ports/index.ts';
import { addressKey, canonicalAddress, notedAddress } from './client-address.ts';
import type { Client, Route } from './define-route.ts';
import { ADDRESS_LIMITS, scaled } from './limits.ts';

export interface GuardDeps {
  readonly auth: Pick<Auth, 'authenticate'>;
  readonly access: Pick<Access, 'principal' | 'allowedAnywhere'>;
  readonly visitorSessions: Pick<VisitorSessions, 'admit'>;
  readonly grants: Pick<AccessGrants, 'used'>;
  readonly rateLimiter: RateLimiter;
  readonly rateLimitFactor: number;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly refusals: Pick<RefusedAccess, 'noting'>;
}

export type Principal = User | StaffPrincipal | VisitorPrincipal | undefined;

/** Who was let through, and by which sign-in; public routes ask for neither. */
export interface LetIn {
  readonly principal: Principal;
  readonly signInId: string | undefined;
}

/** Lets a request through to its route: limits first, then who it is, then whether they may. */
export interface Guard {
  /** @throws Refusal `rate_limited`, `auth.*`, `not_found` (a stranger to the account), `forbidden` */
  admit(route: Route, request: Request, client: Client): Promise<LetIn>;
}

export function createGuard(deps: GuardDeps): Guard {
  async function take(limit: RateLimit, key: string): Promise<void> {
    const retryAfterMs = await deps.rateLimiter.take(scaled(limit, deps.rateLimitFactor), key);
    if (retryAfterMs === 0) return;
    deps.metrics.count('rate_limited_total', { limit: limit.name });
    throw new Refusal('rate_limited', { retryAfterMs });
  }

  async function byToken<Holder>(
    request: Request,
    client: Client,
    holderOf: (token: string) => Holder | Promise<Holder>,
  ): Promise<Holder> {
    try {
      return await holderOf(bearerToken(request));
    } catch (error) {
      if (error instanceof Refusal) await take(ADDRESS_LIMITS.badToken, client.addressKey.reveal());
      throw error;
    }
  }

  /** A path with `:a` is judged in that account; one without, in the deployment. */
  async function authorise(route: Route, caller: Caller, accountId: unknown): Promise<User | StaffPrincipal> {
    const { authorization } = route;
    if (authorization === 'own-session') throw new Refusal('forbidden');
    const { user } = caller;
    const anyone = authorization === 'public' || authorization === 'signed-in';
    if (typeof accountId !== 'string') {
      refuseToken(caller);
      if (anyone || (await deps.access.allowedAnywhere(user, authorization))) return user;
      throw new Refusal('forbidden');
    }
    const principal = actingBy(await deps.access.principal(user, accountId), caller);
    if (anyone) return principal;
    if (!may(principal, authorization)) throw new Refusal('forbidden');
    const grantId = principal.lent.get(authorization);
    if (grantId !== undefined) {
      await deps.grants.used(principal, { grantId, call: `${route.method} ${route.path}` });
    }
    return principal;
  }

  return {
    admit: async (route, request, client) => {
      if (route.authorization === 'public') {
        await take(route.limit, client.addressKey.reveal());
        return { principal: undefined, signInId: undefined };
      }
      if (route.authorization === 'own-session') {
        const visitor = await byToken(request, client, (token) => deps.visitorSessions.admit(token));
        await take(route.limit, visitor.sessionId);
        return { principal: visitor, signInId: undefined };
      }
      const caller = await byToken(request, client, (token) => deps.auth.authenticate(token, client.ip));
      await take(route.limit, caller.token?.id ?? caller.user.id);
      const target = { kind: 'account', id: request.params.a };
      const attempt = { by: whoActs(caller), what: `${route.method} ${route.path}`, target };
      const principal = await deps.refusals.noting(attempt, () => authorise(route, caller, request.params.a));
      return { principal, signInId: caller.signInId };
    },
  };
}

/** What a token is refused is told to the account that made it. */
function whoActs({ user, token }: Caller): Attempt['by'] {
  return token === undefined ? user : { accountId: token.accountId, userId: user.id, tokenId: token.id };
}

/** A token acts in its account alone: nothing about a person or the deployment is its business. */
function refuseToken({ token }: Caller): void {
  if (token === undefined) return;
  throw new Refusal('forbidden', { detail: 'An API token acts only under the path of its account.' });
}

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i;

/** @throws Refusal `auth.required` */
function bearerToken(request: Request): string {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new Refusal('auth.required');
  return token;
}

/** Where the request comes from, as far as the trusted proxies say. */
export function clientOf(request: Request): Client {
  const ip = notedAddress(request.ip ?? '') ?? canonicalAddress(request.socket.remoteAddress ?? '');
  return {
    ip: new Private(ip),
    addressKey: new Private(addressKey(ip)),
    userAgent: new Private(request.get('user-agent') ?? ''),
    acceptLanguage: new Private(request.get('accept-language') ?? ''),
    foreignOrigin: foreignOrigin(request),
    ownOrigin: `${request.protocol}://${request.get('host') ?? ''}`,
  };
}

/** The scheme is left out of the comparison: a proxy in front may speak TLS where this server does not. */
function foreignOrigin(request: Request): string | undefined {
  const origin = request.get('origin');
  if (origin === undefined) return undefined;
  return origin.replace(/^https?:\/\//, '') === request.get('host') ? undefined : origin;
}
