import { DAY_MS } from '../../server/domain/index.ts';
import type { Page, WireAuditEntry, WireConversation, WireTranscript } from '../../shared/protocol/index.ts';
import { type AgentClient, connectNewAgent, connectVisitor, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { keptParts } from '../support/kept-bytes.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient, ShiftedClock } from './rest-support.ts';

const FIELDS = [
  { key: 'customer', label: 'Customer', category: 'customer id', searchable: true },
  { key: 'mail', label: 'E-mail', category: 'e-mail', searchable: true },
  { key: 'note', label: 'Note', category: 'other', searchable: false },
] as const;

describeOnEveryStore('search by profile field', (start) => {
  let clock: ShiftedClock;
  let test: TestServer;
  let admin: AccountClient;
  const visitors: VisitorClient[] = [];
  const agents: AgentClient[] = [];

  beforeEach(async () => {
    clock = new ShiftedClock();
    test = await start({ clock });
    admin = accountClient(test, await test.signIn());
    await setFields(FIELDS);
  });
  afterEach(async () => {
    for (const client of [...visitors, ...agents].splice(0)) client.close();
    visitors.length = 0;
    agents.length = 0;
    await test.close();
  });

  const setFields = (customFields: readonly object[]) =>
    admin.call('PATCH', '/settings', { dpa: { customFields } });

  async function chatOf(fields: Record<string, string>): Promise<string> {
    const visitor = await connectVisitor(test);
    visitors.push(visitor);
    await visitor.emit('profile:update', { fields });
    const { conversationId } = await visitor.emit('chat:start', {});
    return conversationId;
  }

  async function found(fields: Record<string, string>, more: object = {}): Promise<readonly string[]> {
    const answer = await admin.call<Page<WireConversation>>('POST', '/conversations/search', {
      fields,
      ...more,
    });
    expect(answer.status).toBe(200);
    return answer.body.items.map(({ id }) => id);
  }

  it('finds exact values however they are spelt, newest first, with other filters and in pages', async () => {
    const first = await chatOf({ customer: 'K-4711', mail: 'Alva@Example.com' });
    const second = await chatOf({ customer: 'k 4711', mail: 'bo@example.com' });
    await chatOf({ customer: 'K-47110' });
    expect([...(await found({ customer: '4711' }))]).toEqual([]);
    expect([...(await found({ customer: ' K4711 ' }))].sort()).toEqual([first, second].sort());
    expect(await found({ customer: 'k-4711', mail: 'alva@example.com' })).toEqual([first]);
    expect(await found({ mail: 'bo@example.com' }, { status: 'closed' })).toEqual([]);
    const page = await admin.call<Page<WireConversation>>(
      'GET',
      '/conversations?field.customer=K4711&limit=1',
    );
    const next = await admin.call<Page<WireConversation>>(
      'GET',
      `/conversations?field.customer=K4711&limit=1&cursor=${page.body.nextCursor}`,
    );
    expect([...page.body.items, ...next.body.items].map(({ id }) => id).sort()).toEqual(
      [first, second].sort(),
    );
    expect(await found({ note: 'x' })).toEqual([]);
    expect((await admin.call('GET', '/conversations?fields.customer=x')).status).toBe(422);
  });

  it('finds what is told during the chat, and no longer what is told otherwise', async () => {
    const visitor = await connectVisitor(test);
    visitors.push(visitor);
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('profile:update', { fields: { customer: 'A1' } });
    await test.server.features.visitors.keepChanged();
    expect(await found({ customer: 'A1' })).toEqual([conversationId]);
    await visitor.emit('profile:update', { fields: { customer: 'B2' } });
    await test.server.features.visitors.keepChanged();
    expect(await found({ customer: 'A1' })).toEqual([]);
    expect(await found({ customer: 'B2' })).toEqual([conversationId]);
  });

  it('needs its own authorization, and is audited without the value', async () => {
    await chatOf({ customer: 'SECRET-4711' });
    const agent = await connectNewAgent(test, 'Bo');
    agents.push(agent);
    const client = accountClient(test, await test.signIn({ email: agent.email, password: agent.password }));
    for (const call of [
      client.call('POST', '/conversations/search', { fields: { customer: 'SECRET-4711' } }),
      client.call('GET', '/conversations?field.customer=SECRET-4711'),
    ]) {
      expect((await call).status).toBe(403);
    }
    await found({ customer: 'SECRET-4711' });
    const audit = await admin.call<Page<WireAuditEntry>>('GET', '/audit-log?limit=200');
    const searches = audit.body.items.filter(({ action }) => action === 'conversation.searched');
    expect(searches.map(({ details }) => details)).toEqual([{ by: 'field.customer' }]);
    expect(JSON.stringify(audit.body)).not.toContain('4711');
  });

  it('P8 goes with its conversation: erased at once, and with a shorter retention in time', async () => {
    const erased = await chatOf({ customer: 'K1' });
    const kept = await chatOf({ customer: 'K1' });
    const { store, entries } = await indexOf();
    expect(await entries()).toHaveLength(2);
    await admin.call('DELETE', `/conversations/${erased}`);
    expect((await entries()).map(({ conversationId }) => conversationId)).toEqual([kept]);
    await admin.call('PATCH', '/settings', { transcriptRetentionDays: 1 });
    clock.shift(DAY_MS + 1);
    await test.server.features.retention.purge();
    expect(await entries()).toEqual([]);
    expect(await store.get(`${kept}.customer`)).toBeUndefined();
  });

  it('keeps no value in plain', async () => {
    const value = 'PLANTED-CUSTOMER-90210';
    await chatOf({ customer: value, mail: 'planted.subject@example.com' });
    await found({ customer: value });
    const kept = (await keptParts(test)).map(({ content }) => content).join('\n');
    expect(kept.includes(value)).toBe(false);
    expect(kept.includes('plantedcustomer90210')).toBe(false);
    expect(kept.includes('planted.subject')).toBe(false);
  });

  it('shows values to those who may see them, and marks to the others', async () => {
    const id = await chatOf({ customer: 'K9' });
    const agent = await connectNewAgent(test, 'Cleo');
    agents.push(agent);
    const client = accountClient(test, await test.signIn({ email: agent.email, password: agent.password }));
    const profileOf = async (who: AccountClient) =>
      (await who.call<WireTranscript>('GET', `/conversations/${id}?include=profile`)).body.profile;
    expect(await profileOf(admin)).toMatchObject({ fields: { customer: 'K9' } });
    expect(await profileOf(client)).toMatchObject({ fields: { customer: '••••••' }, masked: true });
    await agent.emit('presence:set', { status: 'online', capacity: 5 });
    await agent.next('chat:assigned', (chat) => chat.id === id);
    expect(await profileOf(client)).toMatchObject({ fields: { customer: 'K9' } });
  });

  async function indexOf() {
    const store = test.server.stores.entities.profileIndex;
    const where = { accountId: admin.accountId };
    return { store, entries: async () => (await store.list({ where, limit: 50 })).items };
  }
});
