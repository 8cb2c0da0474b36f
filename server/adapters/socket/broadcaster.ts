import type { Namespace, Server } from 'socket.io';
import { AGENT_NAMESPACE, VISITOR_NAMESPACE } from '../../../shared/protocol/index.ts';
import { type Broadcaster, ROOMS } from '../../ports/index.ts';

/** Live events through Socket.IO rooms; with a cluster adapter they reach every node. */
export function createSocketBroadcaster(io: Server): Broadcaster {
  const visitors = io.of(VISITOR_NAMESPACE);
  const agents = io.of(AGENT_NAMESPACE);
  return {
    toVisitor: ({ sessionId, exceptSocketId }, name, payload) => {
      emit(visitors, ROOMS.session(sessionId), exceptSocketId).emit(name, payload);
    },
    toAgent: ({ accountId, agentId, exceptSocketId }, name, payload) => {
      emit(agents, ROOMS.agent(accountId, agentId), exceptSocketId).emit(name, payload);
    },
    toStaff: (accountId, name, payload) => {
      agents.to(ROOMS.staff(accountId)).emit(name, payload);
    },
    disconnectAgent: (accountId, agentId) => {
      agents.in(ROOMS.agent(accountId, agentId)).disconnectSockets(true);
    },
    visitorOnline: async (sessionId) => {
      const sockets = await visitors.adapter.sockets(new Set([ROOMS.session(sessionId)]));
      return sockets.size > 0;
    },
  };
}

function emit(namespace: Namespace, room: string, exceptSocketId: string | undefined) {
  const target = namespace.to(room);
  return exceptSocketId === undefined ? target : target.except(exceptSocketId);
}
