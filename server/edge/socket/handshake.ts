import type { Socket } from 'socket.io';
import { z } from 'zod';
import { ERRORS } from '../../../shared/protocol/index.ts';
import { Refusal, type StaffPrincipal, type VisitorPrincipal } from '../../domain/index.ts';
import type { Logger, Metrics } from '../../ports/index.ts';
import { clientAddress, spokeTls } from '../client-address.ts';
import { toWireError } from './define-event.ts';

/** What the handshake needs of sign-in; both throw a Refusal from the table. */
export interface HandshakeDeps {
  readonly auth: {
    /** @throws Refusal `auth.required`, `auth.token_expired`, `not_found` */
    staffPrincipal(token: string, accountId: string): Promise<StaffPrincipal>;
    /** The member as they are now; undefined when disabled, no longer a member, or signed out. */
    currentPrincipal(agent: StaffPrincipal): Promise<StaffPrincipal | undefined>;
  };
  /** @throws Refusal `auth.required`, `auth.token_expired`, `auth.site_unknown` */
  readonly verifyVisitor: (token: string) => Promise<VisitorPrincipal>;
  readonly trustedProxyHops: number;
  readonly requireTls: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const MAX_TOKEN_LENGTH = 4_096;
const visitorAuthSchema = z.object({ token: z.string().min(1).max(MAX_TOKEN_LENGTH) });
const agentAuthSchema = visitorAuthSchema.extend({ accountId: z.string().min(1).max(64) });

/** Checks a visitor's token; a signature check and nothing more, because everyone on a site comes through here. */
export async function signInVisitor(socket: Socket, deps: HandshakeDeps): Promise<void> {
  assertSecure(socket, deps);
  const auth = parseAuth(visitorAuthSchema, socket);
  const visitor = await deps.verifyVisitor(auth.token);
  socket.data = { visitor, socketId: socket.id, ip: clientAddress(socket.request, deps.trustedProxyHops) };
}

/** Checks a staff token and that the account lets its bearer in. */
export async function signInAgent(socket: Socket, deps: HandshakeDeps): Promise<StaffPrincipal> {
  assertSecure(socket, deps);
  const auth = parseAuth(agentAuthSchema, socket);
  return deps.auth.staffPrincipal(auth.token, auth.accountId);
}

/** A refusal as `connect_error` carries it: the code stands in `data.code`. */
export function refuse(error: unknown, deps: Pick<HandshakeDeps, 'logger' | 'metrics'>): Error {
  const wire = toWireError(error);
  deps.metrics.count('socket_refused_total', { event: 'handshake', code: wire.code });
  if (wire.code === 'internal') deps.logger.error('a handshake failed', error);
  return Object.assign(new Error(ERRORS[wire.code].help), { data: wire });
}

function parseAuth<Auth>(schema: z.ZodType<Auth>, socket: Socket): Auth {
  const parsed = schema.safeParse(socket.handshake.auth);
  if (!parsed.success) throw new Refusal('auth.required');
  return parsed.data;
}

function assertSecure(socket: Socket, deps: HandshakeDeps): void {
  if (!deps.requireTls || spokeTls(socket.request, deps.trustedProxyHops)) return;
  throw new Refusal('transport.insecure');
}
