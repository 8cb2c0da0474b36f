import type { Page, WireConversation, WireTranscript } from '../../shared/protocol/index.ts';
import { type AgentClient, connectAgent, connectVisitor, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const TEXT = 'Where is parcel <b>42</b>?';

describeOnEveryStore('conversations', (start) => {
  let server: TestServer;
  let client: AccountClient;
  let agent: AgentClient;
  let visitors: VisitorClient[];

  beforeAll(async () => {
    server = await start();
    client = accountClient(server, await server.signIn());
    agent = await connectAgent(server);
    await agent.emit('presence:set', { status: 'online', capacity: 100 });
    visitors = [];
  });
  afterAll(async () => {
    agent.close();
    for (const visitor of visitors) visitor.close();
    await server.close();
  });

  /** A chat of its own visitor with one message. */
  async function chat() {
    const visitor = await connectVisitor(server);
    visitors.push(visitor);
    const { conversationId, caseId } = await visitor.emit('chat:start', {});
    await visitor.emit('message:send', { conversationId, clientId: 'c1', text: TEXT });
    return { id: conversationId, caseId };
  }

  async function found(query: string): Promise<readonly string[]> {
    const { status, body } = await client.call<Page<WireConversation>>(
      'GET',
      `/conversations?limit=200&${query}`,
    );
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain('parcel');
    return body.items.map(({ id }) => id);
  }

  it('are found by agent, time, case id and status, newest first, without a word of their text', async () => {
    const [first, second] = [await chat(), await chat()];
    await agent.emit('chat:close', { conversationId: first.id });
    const all = await found('');
    expect(all.indexOf(second.id)).toBeLessThan(all.indexOf(first.id));
    expect(await found(`caseId=${first.caseId}`)).toEqual([first.id]);
    expect(await found('status=closed')).toEqual([first.id]);
    expect(await found('status=queued')).toEqual([]);
    const { body } = await client.call<WireConversation>('GET', `/conversations/${first.id}`);
    expect(await found(`agentId=${body.agent?.id}`)).toContain(first.id);
    expect(await found('agentId=nobody')).toEqual([]);
    const at = Date.parse(body.startedAt);
    const instant = (ms: number) => encodeURIComponent(new Date(ms).toISOString());
    expect(await found(`from=${instant(at)}&to=${instant(at)}`)).toContain(first.id);
    expect(await found(`to=${instant(at - 1)}`)).not.toContain(first.id);
    expect(await found(`from=${instant(at + 60_000)}`)).not.toContain(first.id);
  });

  it.each(['from=yesterday', 'to=1', 'status=lost', 'include=messages'])(
    'refuse the question ?%s',
    async (query) => {
      expect((await client.call('GET', `/conversations?${query}`)).status).toBe(422);
    },
  );

  it('show messages and profile to who asks for them, and say so in the audit log', async () => {
    const { id } = await chat();
    const path = `/conversations/${id}`;
    const bare = (await client.call<WireTranscript>('GET', path)).body;
    expect([bare.messages, bare.profile]).toEqual([undefined, undefined]);
    const whole = (await client.call<WireTranscript>('GET', `${path}?include=messages,profile`)).body;
    expect(whole.messages?.map(({ text }) => text)).toEqual([TEXT]);
    expect(whole.profile).toBeDefined();
    expect((await client.call('GET', `${path}?include=secrets`)).status).toBe(422);
    const audit = await client.call<Page<{ target?: { id: string } }>>(
      'GET',
      '/audit-log?action=transcript.read',
    );
    expect(audit.body.items.filter(({ target }) => target?.id === id)).toHaveLength(1);
  });

  it('C7 are read by an agent when they wait or are or were that agent’s, by a supervisor always', async () => {
    const others = await chat();
    const credentials = { email: 'mia@example.com', password: 'long password of Mia' };
    const made = await client.call<{ id: string }>('POST', '/users', {
      ...credentials,
      name: 'Mia',
      roles: ['agent'],
    });
    const own = accountClient(server, await server.signIn(credentials));
    const mia = await connectAgent(server, credentials);
    const listed = async (query = '') =>
      (await own.call<Page<WireConversation>>('GET', `/conversations?limit=200&${query}`)).body.items.map(
        ({ id }) => id,
      );
    const statuses = async (id: string) =>
      Promise.all(
        ['', '?include=messages', '/export?format=json'].map(
          async (rest) => (await own.call('GET', `/conversations/${id}${rest}`)).status,
        ),
      );
    const resume = (conversationId: string) => mia.emitRaw('chat:resume', { conversationId, afterSeq: 0 });
    const refused = { ok: false, error: { code: 'not_found' } };

    await agent.emit('presence:set', { status: 'away' });
    const waiting = await chat();
    expect(await listed()).toEqual([waiting.id]);
    expect(await statuses(waiting.id)).toEqual([200, 200, 403]);
    expect(await statuses(others.id)).toEqual([404, 404, 403]);
    expect(await resume(others.id)).toMatchObject(refused);
    expect(await resume(waiting.id)).toMatchObject({ ok: true });
    expect(await listed(`caseId=${others.caseId}`)).toEqual([]);

    await mia.emit('presence:set', { status: 'online', capacity: 1 });
    await mia.emit('presence:set', { status: 'away' });
    expect(await listed('status=active')).toEqual([waiting.id]);
    await mia.emit('chat:close', { conversationId: waiting.id });
    expect(await listed('status=closed')).toEqual([waiting.id]);
    expect(await statuses(waiting.id)).toEqual([200, 200, 403]);

    await client.call('PATCH', `/users/${made.body.id}`, { roles: ['supervisor'] });
    expect(await listed()).toEqual(expect.arrayContaining([others.id, waiting.id]));
    expect(await statuses(others.id)).toEqual([200, 200, 200]);
    expect(await resume(others.id)).toMatchObject({ ok: true });
    await client.call('PATCH', `/users/${made.body.id}`, { roles: ['agent'] });
    expect(await resume(others.id)).toMatchObject(refused);
    mia.close();
    await agent.emit('presence:set', { status: 'online', capacity: 100 });
  });

  it('are given out as files', async () => {
    const { id } = await chat();
    const { accessToken } = await server.signIn();
    const download = (format: string) =>
      fetch(`${server.url}/api/v1/accounts/${client.accountId}/conversations/${id}/export?format=${format}`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
    const page = await download('html');
    expect(page.headers.get('content-disposition')).toContain('attachment');
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    expect(html).toContain('&lt;b&gt;42');
    expect(html).not.toContain('<b>42');
    expect(await (await download('txt')).text()).toContain(TEXT);
    expect(await (await download('json')).json()).toMatchObject({ id, messages: [{ text: TEXT }] });
    expect((await download('exe')).status).toBe(422);
  });

  it('are erased once', async () => {
    const { id } = await chat();
    const path = `/conversations/${id}`;
    expect(await client.call('DELETE', path)).toMatchObject({ status: 200, body: { erased: true } });
    expect(await client.call('DELETE', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await client.call('GET', path)).status).toBe(404);
  });
});
