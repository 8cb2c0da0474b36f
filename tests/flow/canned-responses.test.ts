import type {
  FilledCannedResponse,
  Page,
  WireAuditEntry,
  WireCannedResponse,
} from '../../shared/protocol/index.ts';
import { type AgentClient, connectAgent, connectNewAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type RedactionAdmin, redactionAdmin } from './redaction-support.ts';

const CARD = '4242 4242 4242 4242';

describeOnEveryStore('canned responses', (start) => {
  let test: TestServer;
  let admin: RedactionAdmin;
  let agent: AgentClient;

  beforeAll(async () => {
    test = await start();
    admin = await redactionAdmin(test);
    const fields = ['name', 'plan'].map((key) => ({ key, label: key, category: 'x', searchable: false }));
    await admin.call('PATCH', '/settings', { dpa: { customFields: fields } });
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
  });
  afterAll(async () => {
    agent.close();
    await test.close();
  });

  async function response(input: { shortcut: string; text: string }): Promise<WireCannedResponse> {
    const { status, body } = await admin.call<WireCannedResponse>('POST', '/canned-responses', input);
    expect(status).toBe(201);
    return body;
  }

  it('P4: are filled for a conversation and redacted after that, and audited', async () => {
    const text =
      'Hi {{visitor.name|there}}, {{agent.name}} here. Case {{caseId}}, {{profile.plan}}{{profile.x}}';
    const { id } = await response({ shortcut: 'Hello', text });
    const visitor = await connectVisitor(test);
    await visitor.emit('profile:update', { fields: { plan: '4242 4242' } });
    const { conversationId, caseId } = await visitor.emit('chat:start', {});
    const fill = () =>
      admin.call<FilledCannedResponse>('POST', `/canned-responses/${id}/fill`, { conversationId });
    const first = await fill();
    expect(first.body).toMatchObject({ redacted: 0, missing: ['profile.x'] });
    expect(first.body.text).toMatch(new RegExp(`^Hi there, .+ here\\. Case ${caseId}, 4242 4242$`));
    // Half of the number stands in the text, half comes from the profile.
    await admin.call('PATCH', `/canned-responses/${id}`, { text: 'Card {{profile.plan}} 4242 4242' });
    expect((await fill()).body).toEqual({ text: 'Card ████', redacted: 1, missing: [] });
    const log = await admin.call<Page<WireAuditEntry>>('GET', '/audit-log?action=canned_response.filled');
    expect(log.body.items[0]).toMatchObject({
      target: { id: conversationId },
      details: { cannedResponseId: id },
    });
    visitor.close();
  });

  it('are redacted when they are saved, and found by one shortcut each', async () => {
    const made = await response({ shortcut: 'Pay', text: `Pay to ${CARD}` });
    expect(made).toMatchObject({ shortcut: 'pay', text: 'Pay to ████' });
    const twin = await admin.call('POST', '/canned-responses', { shortcut: 'PAY', text: 'x' });
    expect([twin.status, twin.body.code]).toEqual([409, 'already_exists']);
    const changed = await admin.call('PATCH', `/canned-responses/${made.id}`, {
      shortcut: 'pay-now',
      tags: ['a'],
    });
    expect(changed.body).toMatchObject({ shortcut: 'pay-now', text: 'Pay to ████', tags: ['a'] });
    expect((await admin.call('DELETE', `/canned-responses/${made.id}`)).status).toBe(204);
    expect((await admin.call('GET', `/canned-responses/${made.id}`)).status).toBe(404);
  });

  it('are read and filled by agents, and made by supervisors', async () => {
    const colleague = await connectNewAgent(test, 'Cleo');
    const { accessToken, accountId } = await test.signIn({
      email: colleague.email,
      password: colleague.password,
    });
    const path = `/accounts/${accountId}/canned-responses`;
    expect((await test.call('GET', path, undefined, accessToken)).status).toBe(200);
    const made = await test.call('POST', path, { shortcut: 'x', text: 'x' }, accessToken);
    expect(made.status).toBe(403);
    colleague.close();
  });
});
