import { AGENT_NAMESPACE, VISITOR_NAMESPACE } from '../../shared/protocol/index.ts';
import { concurrently } from '../support/concurrently.ts';
import { SocketClient } from '../support/socket-client.ts';
import { Chat } from './chat.ts';
import type { Handshake, LoadPlan } from './load-plan.ts';

/** Handshakes under way at one time, within what a server takes from one address. */
const CONNECT_AT_ONCE = 20;

/** What is open: the chats to send in, and every socket. */
export interface OpenChats {
  readonly chats: readonly Chat[];
  readonly sockets: readonly SocketClient[];
}

/** Connects agents and visitors and starts a chat for each visitor. @throws Error when one has no agent */
export async function openChats(plan: LoadPlan, onEvent: (frame: string) => void): Promise<OpenChats> {
  const agents = await concurrently(plan.agents, CONNECT_AT_ONCE, async (auth) => {
    const agent = await open(plan, { auth, namespace: AGENT_NAMESPACE, onEvent });
    if (plan.kind === 'product') {
      await agent.emit('presence:set', { status: 'online', capacity: plan.capacity });
    }
    return agent;
  });
  const visitors = await concurrently(plan.visitors, CONNECT_AT_ONCE, async (auth) => {
    const socket = await open(plan, { auth, namespace: VISITOR_NAMESPACE });
    return { socket, chat: new Chat(socket, await conversationOf(plan, auth, socket)) };
  });
  return {
    chats: visitors.map(({ chat }) => chat),
    sockets: [...agents, ...visitors.map(({ socket }) => socket)],
  };
}

/** Connects visitors that look at a page and do nothing more. */
export async function openIdle(plan: Omit<LoadPlan, 'agents' | 'capacity'>): Promise<SocketClient[]> {
  return concurrently(plan.visitors, CONNECT_AT_ONCE, async (auth, index) => {
    const socket = await open(plan, { auth, namespace: VISITOR_NAMESPACE });
    await socket.emit('page:view', {
      url: `https://shop.example/products/${index}?colour=blue`,
      title: `Product ${index}`,
      referrer: 'https://search.example/',
    });
    return socket;
  });
}

function open(
  plan: Pick<LoadPlan, 'kind' | 'url'>,
  options: { auth: Handshake; namespace: string; onEvent?: (frame: string) => void },
): Promise<SocketClient> {
  const namespace = plan.kind === 'bare' ? '/' : options.namespace;
  return SocketClient.open({ ...options, url: plan.url, namespace });
}

async function conversationOf(plan: LoadPlan, auth: Handshake, socket: SocketClient): Promise<string> {
  if (plan.kind === 'bare') return String((auth.rooms as readonly string[])[0]);
  const started = await socket.emit<{ conversationId: string; status: string }>('chat:start', {});
  if (started.status !== 'active') throw new Error('a chat was not given to an agent');
  return started.conversationId;
}
