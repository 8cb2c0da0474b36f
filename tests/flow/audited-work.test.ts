import type { Page, WireAuditEntry } from '../../shared/protocol/index.ts';
import { connectAgent, connectNewAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

describeOnEveryStore('work on personal data', (start) => {
  let test: TestServer;
  let admin: AccountClient;

  beforeAll(async () => {
    test = await start();
    admin = accountClient(test, await test.signIn());
  });
  afterAll(() => test.close());

  const entries = async (action: string) =>
    (await admin.call<Page<WireAuditEntry>>('GET', `/audit-log?limit=200&action=${action}`)).body.items;

  it('is audited: sign-in, failed sign-in and sign-out', async () => {
    const wrong = { email: test.admin.email, password: 'not the password at all' };
    expect((await test.call('POST', '/auth/login', wrong)).status).toBe(401);
    const { refreshToken, user } = await test.signIn();
    await test.call('POST', '/auth/logout', { refreshToken });
    const target = { kind: 'user', id: user.id };
    expect(await entries('sign-in.failed')).toMatchObject([{ actor: { kind: 'system' }, target }]);
    expect((await entries('sign-in.succeeded'))[0]).toMatchObject({ actor: { kind: 'user', id: user.id } });
    expect(await entries('sign-in.ended')).toMatchObject([{ target }]);
    const unknown = { email: 'nobody@example.com', password: 'not the password at all' };
    expect((await test.call('POST', '/auth/login', unknown)).status).toBe(401);
    expect(await entries('sign-in.failed')).toHaveLength(1);
  });

  it('is audited: reading who works in the account', async () => {
    const users = await admin.call<Page<{ id: string }>>('GET', '/users');
    const id = users.body.items[0]?.id ?? '';
    await admin.call('GET', `/users/${id}`);
    expect(await entries('user.listed')).toHaveLength(1);
    expect(await entries('user.read')).toMatchObject([{ target: { kind: 'user', id } }]);
  });

  it('is audited: an agent’s hand on a conversation, and no word of what they wrote', async () => {
    const agent = await connectNewAgent(test, 'Dora');
    const other = await connectAgent(test);
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    await agent.emit('chat:accept', { conversationId });
    await agent.emit('chat:tag', { conversationId, tags: ['SECRET-TAG'] });
    await agent.emit('chat:case', { conversationId, caseId: 'SECRET-CASE' });
    await agent.emit('chat:resume', { conversationId, afterSeq: 0 });
    await other.emit('chat:resume', { conversationId, afterSeq: 0 });
    await admin.call('GET', `/conversations/${conversationId}`);
    await agent.emit('chat:close', { conversationId });
    const target = { kind: 'conversation', id: conversationId };
    const actor = { kind: 'user', id: agent.userId };
    for (const action of ['accepted', 'tagged', 'case_changed', 'closed']) {
      expect(await entries(`conversation.${action}`)).toMatchObject([{ actor, target }]);
    }
    expect(await entries('transcript.read')).toMatchObject([{ actor: { id: other.userId }, target }]);
    expect(await entries('conversation.read')).toMatchObject([{ target }]);
    const all = await admin.call<Page<WireAuditEntry>>('GET', '/audit-log?limit=200');
    expect(JSON.stringify(all.body)).not.toContain('SECRET');
    for (const client of [agent, other, visitor]) client.close();
  });
});
