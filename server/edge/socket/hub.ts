import type { Namespace, Server, Socket } from 'socket.io';
import {
  AGENT_NAMESPACE,
  type AgentEvents,
  VISITOR_NAMESPACE,
  type VisitorEvents,
} from '../../../shared/protocol/index.ts';
import {
  type Authorization,
  departmentsOf,
  may,
  Private,
  Refusal,
  type StaffPrincipal,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import type { AccessGrants } from '../../features/access-grants/index.ts';
import type { Audit, RefusedAccess } from '../../features/audit/index.ts';
import type { ConversationNotifier } from '../../features/conversations/notifier.ts';
import type { Engagement } from '../../features/engagement/engagement.ts';
import type { Invitations } from '../../features/engagement/invitations.ts';
import type { VisitorBoard } from '../../features/engagement/visitor-board.ts';
import type { Routing } from '../../features/routing/routing.ts';
import type { ActivityRecorder } from '../../features/visitors/activity-recorder.ts';
import type { LiveVisitors } from '../../features/visitors/live-visitors.ts';
import type { Visitors } from '../../features/visitors/visitors.ts';
import {
  type Change,
  type ChangeBus,
  type Clock,
  type Logger,
  type Metrics,
  type RateLimiter,
  ROOMS,
} from '../../ports/index.ts';
import { presentPresence } from '../../presenters/presence-presenter.ts';
import { presentInvite } from '../../presenters/visitor-presenter.ts';
import { namedIn } from '../named-in.ts';
import type { AgentContext } from './agent-events.ts';
import { ConnectionCounts, type ConnectionLimits } from './connection-counts.ts';
import { ConnectionGuard, type GuardLimits } from './connection-guard.ts';
import { dispatchEvents, type EventTable } from './define-event.ts';
import { createEventBucket, type EventRate } from './event-rate.ts';
import { type HandshakeDeps, refuse, signInAgent, signInVisitor } from './handshake.ts';
import { StaffSeat } from './staff-seat.ts';
import type { VisitorContext } from './visitor-events.ts';

export interface HubDeps extends HandshakeDeps {
  readonly io: Server;
  readonly visitorEvents: EventTable<VisitorEvents, VisitorContext, 'own-session'>;
  readonly agentEvents: EventTable<AgentEvents, AgentContext, Authorization>;
  readonly routing: Routing;
  readonly notifier: ConversationNotifier;
  readonly live: LiveVisitors;
  readonly visitors: Pick<Visitors, 'arrive'>;
  readonly engagement: Pick<Engagement, 'present'>;
  readonly invitations: Pick<Invitations, 'standing'>;
  readonly board: Pick<VisitorBoard, 'left'>;
  readonly activity: ActivityRecorder;
  readonly grants: Pick<AccessGrants, 'used'>;
  readonly bus: ChangeBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly rateLimiter: RateLimiter;
  readonly refusals: Pick<RefusedAccess, 'noting'>;
  readonly audit: Pick<Audit, 'byStaff'>;
  readonly limits: GuardLimits & ConnectionLimits & { readonly eventRate: EventRate };
}

/** How often staff on open sockets are looked up again, should the notice of a change have got lost. */
const RECHECK_STAFF_MS = 15_000;

/** Rooms that depend on what their user may do. */
const PLACES = /^(staff|queue|department):/;
const WATCHED = /^watchers:/;

/** What hangs on a staff socket. */
interface AgentSocketData {
  readonly seat: StaffSeat;
  /** Where its user may watch chats, as when the chats that it watches were chosen. */
  watchesIn: string;
}

/** The two namespaces, from connection to answer. */
export class Hub {
  readonly #deps: HubDeps;
  readonly #visitors: Namespace;
  readonly #agents: Namespace;
  readonly #counts: ConnectionCounts;
  readonly #stops: (() => void)[];
  #visitorSockets = 0;
  #agentSockets = 0;
  #stopping = false;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#visitors = deps.io.of(VISITOR_NAMESPACE);
    this.#agents = deps.io.of(AGENT_NAMESPACE);
    this.#counts = new ConnectionCounts(deps.limits);
    const guard = new ConnectionGuard(deps);
    this.#visitors.use((socket, next) => this.#admitOr(next, () => this.#enterVisitor(socket)));
    this.#agents.use((socket, next) => this.#admitOr(next, () => this.#enterAgent(socket)));
    this.#visitors.on('connection', (socket) => {
      guard.signedIn(socket);
      this.#visitorConnected(socket);
    });
    this.#agents.on('connection', (socket) => {
      guard.signedIn(socket);
      this.#agentConnected(socket);
    });
    this.#stops = [
      deps.clock.every(RECHECK_STAFF_MS, () => this.#background(this.recheckStaff())),
      deps.bus.subscribe((change) => this.#background(this.#heed(change))),
      () => guard.close(),
    ];
  }

  /** No new socket is let in from here on, and no event of those that are open is taken. */
  stopAdmitting(): void {
    this.#stopping = true;
  }

  /** Looks up every connected staff member again, or those whom it concerns: who has no business here is cut off. */
  async recheckStaff(concerns: (agent: StaffPrincipal) => boolean = () => true): Promise<void> {
    const seats = [...this.#agents.sockets.values()].map((socket) => (socket.data as AgentSocketData).seat);
    await Promise.all(seats.filter(({ principal }) => concerns(principal)).map((seat) => seat.refresh()));
  }

  /** What staff may do changes at once on sockets that are open. */
  async #heed(change: Change): Promise<void> {
    if (change.kind === 'staff') await this.recheckStaff(({ userId }) => userId === change.userId);
    if (change.kind === 'missed') await this.recheckStaff();
    if (change.kind === 'roles') await this.recheckStaff(({ accountId }) => accountId === change.accountId);
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #admitOr(next: (error?: Error) => void, signIn: () => Promise<void>): void {
    const attempt = this.#stopping ? Promise.reject(new Refusal('shutting_down')) : signIn();
    attempt.then(
      () => next(),
      (error) => next(refuse(error, this.#deps)),
    );
  }

  async #enterVisitor(socket: Socket): Promise<void> {
    await signInVisitor(socket, this.#deps);
    const { visitor } = socket.data as VisitorContext;
    this.#counts.enterVisitor(visitor);
    leaveOnClose(socket, () => this.#counts.leaveVisitor(visitor));
  }

  async #enterAgent(socket: Socket): Promise<void> {
    const agent = await signInAgent(socket, this.#deps);
    socket.data = { seat: this.#seat(socket, agent), watchesIn: watchPlacesOf(agent) };
    this.#counts.enterStaff(agent.accountId, agent.userId);
    leaveOnClose(socket, () => this.#counts.leaveStaff(agent.accountId, agent.userId));
  }

  #seat(socket: Socket, agent: StaffPrincipal): StaffSeat {
    const seat = new StaffSeat(agent, {
      current: (principal) => this.#deps.auth.currentPrincipal(principal),
      onChanged: (principal) => this.#changedOnSocket(socket, principal),
      onGone: () => socket.disconnect(true),
      onEnd: ({ accountId, userId }) => this.#background(this.#deps.routing.reconsider(accountId, userId)),
      used: (principal, use) => this.#deps.grants.used(principal, use),
      onError: (error) => this.#deps.logger.error('a staff member could not be looked up again', error),
      clock: this.#deps.clock,
    });
    leaveOnClose(socket, () => seat.close());
    return seat;
  }

  #changedOnSocket(socket: Socket, principal: StaffPrincipal): void {
    this.#place(socket, principal);
    socket.emit('access:update', { authorizations: [...principal.authorizations.keys()] });
  }

  /** What goes to all staff is for those who may see conversations, and of the queue each gets what they may see. */
  #place(socket: Socket, agent: StaffPrincipal): void {
    const { accountId } = agent;
    const departments = departmentsOf(agent, 'conversation:read');
    const queues = departments?.map((id) => ROOMS.department(accountId, id)) ?? [ROOMS.queue(accountId)];
    const wanted = may(agent, 'conversation:read') ? [ROOMS.staff(accountId), ...queues] : [];
    const placed = [...socket.rooms].filter((room) => PLACES.test(room));
    const left = placed.filter((room) => !wanted.includes(room));
    if (!may(agent, 'visitor:read')) left.push(ROOMS.visitors(accountId));
    const data = socket.data as AgentSocketData;
    if (data.watchesIn !== watchPlacesOf(agent))
      left.push(...[...socket.rooms].filter((room) => WATCHED.test(room)));
    data.watchesIn = watchPlacesOf(agent);
    this.#background(Promise.all([socket.join(wanted), ...left.map((room) => socket.leave(room))]));
  }

  #visitorConnected(socket: Socket): void {
    const context = socket.data as VisitorContext & { ip: Private<string> };
    const { visitor } = context;
    this.#deps.metrics.gauge('visitor_sockets', ++this.#visitorSockets);
    this.#background(
      Promise.resolve(socket.join([ROOMS.session(visitor.sessionId), ROOMS.site(visitor.siteId)])),
    );
    if (this.#deps.live.connected(visitor).first) this.#tellPresence(visitor.sessionId);
    const arrived = this.#arrive(socket, visitor);
    this.#background(arrived);
    const activity = this.#deps.activity.connected(visitor, {
      ip: context.ip,
      userAgent: new Private(String(socket.handshake.headers['user-agent'] ?? '')),
    });
    this.#background(activity);
    const mine = { visitor, socketId: socket.id };
    this.#serve(socket, this.#deps.visitorEvents, mine, { authorize: () => undefined, by: () => visitor });
    socket.once('disconnect', () => {
      this.#deps.metrics.gauge('visitor_sockets', --this.#visitorSockets);
      if (this.#deps.live.disconnected(visitor.sessionId)) {
        this.#deps.board.left(visitor.accountId, visitor.sessionId);
        // Who leaves at once may be known to an agent by another node.
        void arrived.catch(() => {}).then(() => this.#tellPresence(visitor.sessionId));
      }
      this.#background(activity.then((id) => this.#deps.activity.disconnected(id)));
    });
  }

  /** A tab that comes while an invitation stands shows it too. */
  async #arrive(socket: Socket, visitor: VisitorPrincipal): Promise<void> {
    await this.#deps.visitors.arrive(visitor);
    this.#deps.engagement.present(visitor.sessionId);
    const standing = this.#deps.invitations.standing(visitor.sessionId);
    if (standing !== undefined) socket.emit('engagement:invite', presentInvite(standing));
  }

  /** The agent of the visitor's chat sees that they came or went. */
  #tellPresence(sessionId: string): void {
    const chat = this.#deps.live.conversationOf(sessionId);
    if (chat !== undefined) this.#background(this.#deps.notifier.visitorPresence(chat));
  }

  #agentConnected(socket: Socket): void {
    const { seat } = socket.data as AgentSocketData;
    const agent = seat.principal;
    this.#deps.metrics.gauge('agent_sockets', ++this.#agentSockets);
    const { accountId, userId } = agent;
    const rooms = [
      ROOMS.agent(accountId, userId),
      ...(agent.signInId === undefined ? [] : [ROOMS.signIn(agent.signInId)]),
    ];
    this.#background(Promise.resolve(socket.join(rooms)));
    this.#place(socket, agent);
    const connected = this.#deps.routing.connected(agent);
    this.#background(connected.then((mine) => socket.emit('presence:update', presentPresence(mine))));
    const context: AgentContext = {
      // Read anew for each event, because what they may do can have changed.
      get agent() {
        return seat.principal;
      },
      socketId: socket.id,
    };
    const authorize = (needs: Authorization | 'own-session', event: string) =>
      needs === 'own-session' ? undefined : seat.require(needs, event);
    this.#serve(socket, this.#deps.agentEvents, context, { authorize, by: () => context.agent });
    socket.once('disconnect', () => {
      this.#deps.metrics.gauge('agent_sockets', --this.#agentSockets);
      // Also after a failed arrival: who is counted as connected without a socket would stay online for ever.
      const arrived = connected.catch(() => undefined);
      this.#background(arrived.then(() => this.#deps.routing.disconnected(agent)));
    });
  }

  #serve<Context, Events extends object, Needs extends Authorization | 'own-session'>(
    socket: Socket,
    table: EventTable<Events, Context, Needs>,
    context: Context,
    who: {
      authorize: (needs: Authorization | 'own-session', event: string) => Promise<void> | undefined;
      by: () => StaffPrincipal | VisitorPrincipal;
    },
  ): void {
    const { clock, logger, metrics, limits, refusals } = this.#deps;
    const { authorize, by } = who;
    const noting = <T>(what: string, payload: unknown, work: () => Promise<T> | T): Promise<T> =>
      refusals.noting({ by: by(), what, target: namedIn(payload) }, work);
    const audit = async (action: string, payload: unknown): Promise<void> => {
      const staff = by();
      if (!('userId' in staff)) return;
      const target = namedIn(payload);
      await this.#deps.audit.byStaff(staff, {
        action,
        ...(target !== undefined && { target: { kind: target.kind, id: String(target.id) } }),
      });
    };
    const takeFromBucket = createEventBucket(limits.eventRate, clock, () => socket.disconnect(true));
    const takeRate = (points: number): number => {
      // While the server stops, what comes in must not keep it from ever being done with what it has taken.
      if (this.#stopping) throw new Refusal('shutting_down');
      return takeFromBucket(points);
    };
    const untyped = table as unknown as Parameters<typeof dispatchEvents<Context>>[1]['table'];
    dispatchEvents(socket, { table: untyped, context, authorize, takeRate, audit, noting, logger, metrics });
  }

  #background(work: Promise<unknown>): void {
    work.catch((error) => this.#deps.logger.error('work behind a socket failed', error));
  }
}

/** Whose chats they may watch, for comparison. */
function watchPlacesOf(agent: StaffPrincipal): string {
  const departments = departmentsOf(agent, 'conversation:supervise');
  return departments === undefined ? 'all' : departments.toSorted().join(' ');
}

/** The connection's end is seen also when it comes before the namespace was entered. */
function leaveOnClose(socket: Socket, leave: () => void): void {
  let left = false;
  const once = (): void => {
    if (!left) leave();
    left = true;
  };
  socket.conn.once('close', once);
  socket.once('disconnect', once);
}
