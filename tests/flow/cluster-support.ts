import { randomUUID } from 'node:crypto';
import type { ServerToVisitor, VisitorEvents, VisitorSession } from '../../shared/protocol/index.ts';
import { type AgentClient, connect, connectAgent, EventRefused, TestClient } from '../support/clients.ts';
import type { TestServer } from '../support/server.ts';

export type SessionClient = TestClient<VisitorEvents, ServerToVisitor>;

export interface ChatAcross {
  readonly agent: AgentClient;
  readonly visitor: SessionClient;
  readonly session: VisitorSession;
  readonly conversationId: string;
}

/** A chat between the administrator at one node and a visitor at the other. */
export async function chatAcross(at: { agent: TestServer; visitor: TestServer }): Promise<ChatAcross> {
  const agent = await connectAgent(at.agent);
  await agent.emit('presence:set', { status: 'online', capacity: 5 });
  const session = await at.visitor.openVisitorSession();
  const visitor = await joinSession(at.visitor, session);
  const { conversationId } = await visitor.emit('chat:start', {});
  await agent.next('chat:assigned', (chat) => chat.id === conversationId);
  await visitor.next('chat:update', (update) => update.status === 'active');
  return { agent, visitor, session, conversationId };
}

/** A socket of a visitor's session, at whichever node. */
export async function joinSession(node: TestServer, { token }: VisitorSession): Promise<SessionClient> {
  return new TestClient<VisitorEvents, ServerToVisitor>(await connect(`${node.url}/visitor`, { token }));
}

/** The code of the refusal, or `taken`. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'taken',
    (error) => {
      if (error instanceof EventRefused) return error.code;
      throw error;
    },
  );
}

/** A new message for `message:send`. */
export function newMessage(conversationId: string, text: string) {
  return { conversationId, clientId: randomUUID(), text };
}

/** Calls of the administrator, under the first account. */
export async function administratorOf(node: TestServer) {
  const { accessToken, accountId } = await node.signIn();
  return (method: string, path: string, body?: unknown) =>
    node.call(method, `/accounts/${accountId}${path}`, body, accessToken);
}
