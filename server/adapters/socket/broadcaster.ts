import type { Namespace, Server } from 'socket.io';
import { AGENT_NAMESPACE, VISITOR_NAMESPACE } from '../../../shared/protocol/index.ts';
import { type Broadcaster, ROOMS } from '../../ports/index.ts';

/** Live events through Socket.IO rooms of this process. */
export function createSocketBroadcaster(io: Server): Broadcaster {
  const visitors = io.of(VISITOR_NAMESPACE);
  const agents = io.of(AGENT_NAMESPACE);
  return {
    toVisitor: ({ sessionId, exceptSocketId }, name, payload) => {
      emit(visitors, { rooms: [ROOMS.session(sessionId)], exceptSocketId, name, payload });
    },
    toAgent: ({ accountId, agentId, exceptSocketId }, name, payload) => {
      emit(agents, { rooms: [ROOMS.agent(accountId, agentId)], exceptSocketId, name, payload });
    },
    toChat: ({ accountId, conversationId, agentId, exceptSocketId }, name, payload) => {
      const own = agentId === undefined ? [] : [ROOMS.agent(accountId, agentId)];
      emit(agents, { rooms: [...own, ROOMS.watchers(conversationId)], exceptSocketId, name, payload });
    },
    watchChat: (conversationId, socketId) => {
      agents.in(socketId).socketsJoin(ROOMS.watchers(conversationId));
    },
    unwatchChat: (conversationId, socketId) => {
      agents.in(socketId).socketsLeave(ROOMS.watchers(conversationId));
    },
    endWatching: (conversationId) => {
      const room = ROOMS.watchers(conversationId);
      agents.in(room).socketsLeave(room);
    },
    toStaff: (accountId, name, payload) => {
      agents.to(ROOMS.staff(accountId)).emit(name, payload);
    },
    followVisitors: (accountId, socketId) => {
      agents.in(socketId).socketsJoin(ROOMS.visitors(accountId));
    },
    toFollowers: (accountId, name, payload) => {
      agents.to(ROOMS.visitors(accountId)).emit(name, payload);
    },
    hasFollowers: (accountId) => (agents.adapter.rooms.get(ROOMS.visitors(accountId))?.size ?? 0) > 0,
    toQueue: ({ accountId, departmentId }, name, payload) => {
      const part = departmentId === null ? [] : [ROOMS.department(accountId, departmentId)];
      agents.to([ROOMS.queue(accountId), ...part]).emit(name, payload);
    },
    toDepartment: ({ accountId, departmentId }, name, payload) => {
      agents.to(ROOMS.department(accountId, departmentId)).emit(name, payload);
    },
    disconnectAgent: (accountId, agentId) => {
      agents.in(ROOMS.agent(accountId, agentId)).disconnectSockets(true);
    },
    disconnectSite: (siteId) => {
      visitors.in(ROOMS.site(siteId)).disconnectSockets(true);
    },
    disconnectSignIn: (signInId) => {
      agents.in(ROOMS.signIn(signInId)).disconnectSockets(true);
    },
    visitorOnline: async (sessionId) => {
      const sockets = await visitors.adapter.sockets(new Set([ROOMS.session(sessionId)]));
      return sockets.size > 0;
    },
  };
}

interface RoomEvent {
  readonly rooms: string[];
  readonly exceptSocketId: string | undefined;
  readonly name: string;
  readonly payload: unknown;
}

/** Socket.IO encodes an event before it looks who is there; a sender with one window open is most often alone. */
function emit(namespace: Namespace, { rooms, exceptSocketId, name, payload }: RoomEvent): void {
  if (!rooms.some((room) => hasOthers(namespace.adapter.rooms.get(room), exceptSocketId))) return;
  const target = namespace.to(rooms);
  (exceptSocketId === undefined ? target : target.except(exceptSocketId)).emit(name, payload);
}

function hasOthers(sockets: ReadonlySet<string> | undefined, socketId: string | undefined): boolean {
  return sockets !== undefined && sockets.size > (sockets.has(socketId ?? '') ? 1 : 0);
}
