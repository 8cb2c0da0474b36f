import { DAY_MS } from '../../server/domain/index.ts';
import type {
  Page,
  RedactionExport,
  RedactionReportItem,
  WireAuditEntry,
  WireRedactionRule,
  WireRedactionRuleChange,
} from '../../shared/protocol/index.ts';
import { connectAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { keptParts } from '../support/kept-bytes.ts';
import type { TestServer } from '../support/server.ts';
import { type RedactionAdmin, redactionAdmin } from './redaction-support.ts';
import { ShiftedClock } from './rest-support.ts';

const CARD = '4111 1111 1111 1111';
const PERSONNUMMER = '19811218-9876';

describeOnEveryStore('redaction, as administrators see it:', (start) => {
  let test: TestServer;
  let clock: ShiftedClock;
  let admin: RedactionAdmin;

  beforeEach(async () => {
    clock = new ShiftedClock();
    test = await start({ clock });
    admin = await redactionAdmin(test);
  });
  afterEach(() => test.close());

  const rules = async () =>
    (await admin.call<Page<WireRedactionRule>>('GET', '/redaction-rules?limit=200')).body.items;
  const changes = async (path: string) => (await admin.call<Page<WireRedactionRuleChange>>('GET', path)).body;
  const report = async (query = '') =>
    (await admin.call<{ items: RedactionReportItem[] }>('GET', `/reports/redaction${query}`)).body.items;
  const audited = async (action: string) =>
    (await admin.call<Page<WireAuditEntry>>('GET', `/audit-log?action=${action}`)).body.items;
  const chatting = async () => {
    const agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    const close = () => {
      agent.close();
      visitor.close();
    };
    return { agent, visitor, conversationId, close };
  };

  it('the history of a rule holds who changed what, after it is removed too, and no example', async () => {
    const example = 'ORD-123456 of Maja Lindqvist';
    const made = await admin.call<WireRedactionRule>('POST', '/redaction-rules', {
      name: 'Orders',
      pattern: 'ORD-\\d{6}',
      examples: { match: [example] },
    });
    const path = `/redaction-rules/${made.body.id}`;
    clock.shift(1_000);
    await admin.call('PATCH', path, { enabled: false });
    expect((await admin.call('PATCH', path, { pattern: '(' })).status).toBe(422);
    clock.shift(1_000);
    await admin.call('DELETE', path);
    const { user } = await test.signIn();
    const { items } = await changes(`${path}/history`);
    expect(items).toMatchObject([
      { action: 'removed', userId: user.id, before: { enabled: false } },
      { action: 'changed', before: { enabled: true }, after: { enabled: false, name: 'Orders' } },
      { action: 'created', after: { pattern: 'ORD-\\d{6}', examples: { match: 1, noMatch: 0 } } },
    ]);
    expect(items.map(({ before, after }) => [before === undefined, after === undefined])).toEqual([
      [false, true],
      [false, false],
      [true, false],
    ]);
    expect(JSON.stringify(items)).not.toContain('Maja');
    const first = await changes('/redaction-rule-changes?limit=2');
    const second = await changes(`/redaction-rule-changes?limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items]).toEqual(items);
    expect(second.nextCursor).toBeUndefined();
    expect(await changes('/redaction-rules/none/history')).toMatchObject({ code: 'not_found' });
  });

  it('rules are exported, and the file makes the same rules elsewhere', async () => {
    await admin.call('POST', '/redaction-rules', {
      name: 'Own',
      pattern: 'own-\\d{4}',
      replacement: '[own]',
    });
    const file = (await admin.call<RedactionExport>('GET', '/redaction-rules/export')).body;
    const before = await rules();
    expect(file.rules).toHaveLength(before.length);
    const answer = await admin.call('POST', '/redaction-rules/import', { ...file, mode: 'replace' });
    expect(answer).toMatchObject({ status: 200, body: { added: before.length, removed: before.length } });
    expect((await admin.call<RedactionExport>('GET', '/redaction-rules/export')).body).toEqual(file);
    const ids = new Set(before.map(({ id }) => id));
    expect((await rules()).filter(({ id }) => ids.has(id))).toEqual([]);
    const preview = await admin.call('POST', '/redaction-rules/preview', {
      text: `own-1234 ${PERSONNUMMER}`,
    });
    expect(preview.body.text).not.toMatch(/1234|9876/);
    expect(await audited('redaction-rules.imported')).toMatchObject([
      { details: { mode: 'replace', added: before.length, removed: before.length } },
    ]);
    expect((await changes('/redaction-rule-changes?limit=200')).items).toHaveLength(1 + 2 * before.length);
  });

  it('an import is all or nothing, and names every fault by its place', async () => {
    const before = await rules();
    const answer = await admin.call('POST', '/redaction-rules/import', {
      mode: 'replace',
      rules: [
        { name: 'Good', pattern: 'good-\\d{3}' },
        { name: 'Bad', pattern: '(?=a)b' },
        { name: 'Odd', pattern: 'x\\d', check: 'nonsense' },
        { name: 'Wrong', pattern: 'ORD-\\d{6}', examples: { match: ['nothing'] } },
      ],
    });
    expect(answer.status).toBe(422);
    expect((answer.body.errors as { path: string }[]).map(({ path }) => path)).toEqual([
      'rules.1.pattern',
      'rules.2.check',
      'rules.3.examples.match.0',
    ]);
    const malformed = { mode: 'add', rules: [{ name: 'Good', pattern: 'x' }, { name: 'No pattern' }] };
    const refused = await admin.call('POST', '/redaction-rules/import', malformed);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect((refused.body.errors as { path: string }[])[0]?.path).toBe('rules.1.pattern');
    const many = Array.from({ length: 100 }, (_, index) => ({
      name: `R${index}`,
      pattern: `r-${index}-\\d`,
    }));
    expect((await admin.call('POST', '/redaction-rules/import', { mode: 'add', rules: many })).status).toBe(
      409,
    );
    expect(await rules()).toEqual(before);
    expect((await changes('/redaction-rule-changes')).items).toEqual([]);
    const padded = many.map((rule) => ({
      ...rule,
      examples: { match: [], noMatch: ['x'.repeat(490), 'y'.repeat(490)] },
    }));
    const large = await admin.call('POST', '/redaction-rules/import', { mode: 'replace', rules: padded });
    expect(large).toMatchObject({ status: 200, body: { added: 100 } });
  });

  it('the report counts what was removed by rule and day, over a restart, and forgets after 13 months', async () => {
    const { visitor, conversationId, close } = await chatting();
    const say = (clientId: string, text: string) =>
      visitor.emit('message:send', { conversationId, clientId, text });
    await say('1', `${PERSONNUMMER} and ${CARD}`);
    await say('2', `again ${CARD}`);
    for (const text of [CARD, `${CARD} `, `${CARD} x`]) {
      await visitor.emit('typing', { conversationId, active: true, text });
    }
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    const counted = await report();
    expect(counted.map((item) => [item.day, item.count])).toEqual([
      [day, 2],
      [day, 1],
    ]);
    const cards = (await rules()).find(({ builtin }) => builtin === 'payment-card');
    expect(counted[0]).toMatchObject({ ruleId: cards?.id, ruleName: cards?.name });
    await say('3', `and ${CARD}`);
    close();
    await test.close({ keepData: true });
    test = await start({ clock, dataDir: test.dataDir });
    admin = await redactionAdmin(test);
    expect((await report())[0]?.count).toBe(3);
    clock.shift(2 * DAY_MS);
    admin = await redactionAdmin(test);
    expect(await report(`?from=${new Date(clock.now()).toISOString()}`)).toEqual([]);
    clock.shift(396 * DAY_MS);
    await test.server.features.retention.purge();
    admin = await redactionAdmin(test);
    expect(await report()).toEqual([]);
    const metrics = await (await fetch(`${test.url}/metrics`)).text();
    expect(metrics).not.toMatch(/4111|9876|Payment|personnummer/i);
  });

  it('P4 a live agent sees the original when it is allowed, and nothing that is kept or shown later has it', async () => {
    const { agent, visitor, conversationId, close } = await chatting();
    const say = (clientId: string, text: string) =>
      visitor.emit('message:send', { conversationId, clientId, text });
    const shown = (seq: number) =>
      agent.next(
        'message:new',
        (message) => message.conversationId === conversationId && message.seq === seq,
      );
    await say('1', `first ${CARD}`);
    expect((await shown(1)).text).not.toContain(CARD);
    await admin.call('PATCH', '/settings', { redaction: { applyTo: 'store' } });
    await admin.call('PATCH', '/settings', { redaction: { applyTo: 'store' }, timeZone: 'UTC' });
    const sent = await say('2', `second ${CARD}`);
    expect(sent.text).not.toContain(CARD);
    expect((await shown(2)).text).toBe(`second ${CARD}`);
    await visitor.emit('typing', { conversationId, active: true, text: `typing ${CARD}` });
    expect((await agent.next('typing')).text).not.toContain('1111');
    await agent.emit('message:send', { conversationId, clientId: 'a', text: `you said ${CARD}` });
    expect((await visitor.next('message:new')).text).not.toContain('1111');
    for (const kept of [
      await visitor.emit('chat:resume', { conversationId, afterSeq: 0 }),
      await agent.emit('chat:resume', { conversationId, afterSeq: 0 }),
      await admin.transcript(conversationId),
      await say('2', 'repeated'),
    ]) {
      expect(JSON.stringify(kept)).not.toContain('1111 1111');
    }
    await admin.call('PATCH', '/settings', { redaction: { applyTo: 'store-and-delivery' } });
    await say('3', `third ${CARD}`);
    expect((await shown(4)).text).not.toContain(CARD);
    expect((await audited('settings.redaction_apply_to_changed')).map(({ details }) => details)).toEqual([
      { from: 'store', to: 'store-and-delivery' },
      { from: 'store-and-delivery', to: 'store' },
    ]);
    await test.server.pipeline.drain();
    for (const { where, content } of await keptParts(test)) {
      // The number alone stands in the examples of the rules.
      const found = ['second', 'typing', 'said'].filter((word) => content.includes(`${word} ${CARD}`));
      expect([where, found]).toEqual([where, []]);
    }
    close();
  });

  it('C5 a message left offline waits in the queue, redacted, with the address in its profile alone', async () => {
    const visitor = await connectVisitor(test);
    const email = 'maja.lindqvist@post.example';
    const left = await visitor.emit('offline:submit', { email, text: `call me, ${CARD}` });
    expect(left).toMatchObject({
      conversationId: expect.any(String),
      caseId: expect.stringMatching(/^C-/),
      message: { seq: 1, redacted: 1 },
    });
    expect(JSON.stringify(left)).not.toMatch(/1111|maja/);
    const kept = await admin.transcript(left.conversationId);
    expect(kept).toMatchObject({
      status: 'queued',
      caseId: left.caseId,
      messages: [{ seq: 1, redacted: 1 }],
    });
    expect(JSON.stringify(kept.messages)).not.toMatch(/1111|maja/);
    expect(kept.profile?.prechat).toEqual({ email });
    await admin.builtin('email', { enabled: true });
    const again = await visitor.emit('offline:submit', { email, text: 'and hurry' });
    expect(again).toMatchObject({ conversationId: left.conversationId, caseId: left.caseId });
    const second = await admin.transcript(left.conversationId);
    expect(second.messages).toHaveLength(2);
    expect(second.profile?.prechat.email).not.toContain('maja');
    const field = { key: 'email', label: 'E-mail', category: 'contact', searchable: false };
    await admin.call('PATCH', '/settings', { dpa: { customFields: [field] } });
    await visitor.emit('offline:submit', { email, text: 'hello?' });
    expect((await admin.transcript(left.conversationId)).profile?.prechat).toEqual({ email });
    for (const bad of [{ text: '' }, { text: 'x', email: 'none' }, {}]) {
      expect(await visitor.emitRaw('offline:submit', bad)).toMatchObject({
        ok: false,
        error: { code: 'bad_request' },
      });
    }
    const other = await connectVisitor(test);
    await expect(other.emit('offline:submit', { text: 'x'.repeat(4_001) })).rejects.toMatchObject({
      code: 'message.too_long',
    });
    const { body } = await admin.call<Page<object>>('GET', '/conversations');
    expect(body.items).toHaveLength(1);
    other.close();
    visitor.close();
  });
});
