import { type Page, UPLOAD_HEADERS } from '../../shared/protocol/index.ts';
import { connectAgent, connectVisitor, type VisitorClient } from '../support/clients.ts';
import type { TestServer } from '../support/server.ts';
import { ROUTES } from './foreign-attempts.ts';
import { GOOD_BODIES } from './planted-by-table.ts';
import type { AccountClient } from './rest-support.ts';

/** Something of an account behind every path with an id, to be aimed at. */
export interface Prey {
  readonly visitor: VisitorClient;
  readonly conversationId: string;
  /** By the part of a path before `:id`, and by the name of any other part. */
  readonly ids: Readonly<Record<string, string>>;
}

export async function makePrey(test: TestServer, victim: AccountClient): Promise<Prey> {
  const visitor = await connectVisitor(test);
  const invited = await invite(test, visitor);
  const { conversationId } = await visitor.emit('chat:start', {});
  await visitor.emit('message:send', { conversationId, clientId: '1', text: 'hello' });
  const ids: Record<string, string> = { conversations: conversationId, visitors: visitor.sessionId };
  await post(victim, ids, conversationId);
  ids.invitations = invited;
  ids.file = await sendFile(test, visitor, conversationId);
  await eraseAnother(test, victim);
  for (const path of ['/subject-access', '/erasures']) {
    await victim.call('POST', path, { sessionId: visitor.sessionId });
  }
  await victim.call('POST', '/key-rotations');
  await victim.call('POST', '/redaction-rescans');
  const { dataRequests, keyRotations, rescans } = test.server.features;
  await Promise.all([dataRequests.whenIdle(), keyRotations.whenIdle(), rescans.whenIdle()]);
  await lookUp(victim, ids);
  return { visitor, conversationId, ids };
}

/** One of everything that a body makes. */
async function post(victim: AccountClient, ids: Record<string, string>, chat: string): Promise<void> {
  for (const [route, body] of Object.entries(GOOD_BODIES)) {
    const [, kind] = /^post \/accounts\/:a\/([a-z-]+)$/.exec(route) ?? [];
    if (kind === undefined) continue;
    const aim = kind === 'access-grants' ? { userId: ids.users } : {};
    const sent = { ...body(chat), ...aim };
    const { body: made } = await victim.call<{ id?: string }>('POST', `/${kind}`, sent);
    if (made.id !== undefined) ids[kind] = made.id;
  }
}

async function sendFile(test: TestServer, visitor: VisitorClient, id: string): Promise<string> {
  const sent = await fetch(`${test.url}/api/v1/visitor/conversations/${id}/files`, {
    method: 'POST',
    headers: fileHeaders(visitor.token),
    body: 'a file',
  });
  const { file } = (await sent.json()) as { file: { id: string } };
  return file.id;
}

export function fileHeaders(token: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'text/plain',
    [UPLOAD_HEADERS.fileName]: 'a.txt',
    [UPLOAD_HEADERS.clientId]: 'file',
  };
}

async function invite(test: TestServer, visitor: VisitorClient): Promise<string> {
  const agent = await connectAgent(test);
  await agent.emit('visitor:invite', { sessionId: visitor.sessionId, message: 'May I help?' });
  agent.close();
  return (await visitor.next('engagement:invite')).inviteId;
}

/** So that there is a certificate. */
async function eraseAnother(test: TestServer, victim: AccountClient): Promise<void> {
  const guest = await connectVisitor(test);
  const { conversationId } = await guest.emit('chat:start', {});
  guest.close();
  await victim.call('DELETE', `/conversations/${conversationId}`);
}

/** What was made by the way is found in the lists of its kind. */
async function lookUp(victim: AccountClient, ids: Record<string, string>): Promise<void> {
  for (const { path } of ROUTES) {
    const [, kind] = /^\/accounts\/:a\/([a-z-]+)\/:id/.exec(path) ?? [];
    if (kind === undefined || ids[kind] !== undefined) continue;
    const { body } = await victim.call<Page<{ id: string }>>('GET', `/${kind}`);
    const id = body.items?.[0]?.id;
    if (id !== undefined) ids[kind] = id;
  }
}
