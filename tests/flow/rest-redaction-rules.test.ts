import type { Page, RedactionPreview, WireRedactionRule } from '../../shared/protocol/index.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

/** Luhn-valid, from a card network's test numbers. */
const CARD = '4111 1111 1111 1111';

describeOnEveryStore('redaction rules', (start) => {
  let server: TestServer;
  let client: AccountClient;

  beforeAll(async () => {
    server = await start();
    client = accountClient(server, await server.signIn());
  });
  afterAll(() => server.close());

  const create = (body: object) => client.call<WireRedactionRule>('POST', '/redaction-rules', body);
  const preview = async (text: string, rules?: readonly object[]) =>
    (await client.call<RedactionPreview>('POST', '/redaction-rules/preview', { text, rules })).body;

  async function builtin(key: string): Promise<WireRedactionRule> {
    const { body } = await client.call<Page<WireRedactionRule>>('GET', '/redaction-rules?limit=200');
    const rule = body.items.find((candidate) => candidate.builtin === key);
    if (rule === undefined) throw new Error('no such built-in rule');
    return rule;
  }

  it('need a name and a pattern, and have defaults for the rest', async () => {
    const { status, body } = await create({ name: 'Orders', pattern: 'ORD-\\d{6}' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      flags: '',
      replacement: '█',
      enabled: true,
      digitWords: false,
      scope: { from: ['visitor', 'agent'], places: ['message', 'profile', 'url'] },
      examples: { match: [], noMatch: [] },
    });
    expect((await preview('see ORD-123456')).text).not.toContain('123456');
    await client.call('DELETE', `/redaction-rules/${body.id}`);
    expect((await preview('see ORD-123456')).text).toContain('123456');
  });

  it('are tried on a text before they are saved', async () => {
    const tried = await preview('call 12345 or 67890', [{ pattern: '\\d{5}', replacement: '[number]' }]);
    expect(tried).toEqual({
      text: 'call [number] or [number]',
      matches: [
        { ruleId: 'rule-1', start: 5, end: 10 },
        { ruleId: 'rule-1', start: 14, end: 19 },
      ],
    });
  });

  it.each([
    ['b(?=a)b', 1],
    ['(a)\\1', 3],
    ['(?<!a)b', 0],
    ['x(unclosed', 1],
    ['a*', 0],
    ['(a{1000}){1000}', 2],
    ['a++', 1],
  ])('refuse the pattern %s, which cannot run safely, and say why and where', async (pattern, position) => {
    const calls = [
      { at: 'pattern', ...(await create({ name: 'Bad', pattern })) },
      {
        at: 'rules.1.pattern',
        ...(await client.call('POST', '/redaction-rules/preview', {
          text: 'x',
          rules: [{ pattern: 'fine' }, { pattern, name: '', check: null }],
        })),
      },
    ];
    for (const { at, status, body } of calls) {
      expect([status, body]).toEqual([
        422,
        expect.objectContaining({
          code: 'redaction.pattern_unsupported',
          errors: [{ path: at, position, message: expect.stringContaining(`at position ${position}: `) }],
        }),
      ]);
      expect(JSON.stringify(body)).not.toContain(JSON.stringify(pattern).slice(1, -1));
    }
  });

  it('refuse flags that there are not, and name the one', async () => {
    expect(await create({ name: 'Bad', pattern: 'a', flags: 'ix' })).toMatchObject({
      status: 422,
      body: { code: 'redaction.pattern_unsupported', errors: [{ path: 'flags', position: 1 }] },
    });
  });

  it('run their own examples on save and on every change', async () => {
    const rule = {
      name: 'Orders',
      pattern: 'ORD-\\d{6}',
      examples: { match: ['ORD-123456'], noMatch: ['ORD-1'] },
    };
    const { body } = await create(rule);
    const path = `/redaction-rules/${body.id}`;
    const wrong = await client.call('PATCH', path, { pattern: 'ORD-\\d+' });
    expect(wrong).toMatchObject({
      status: 422,
      body: { code: 'redaction.example_failed', errors: [{ path: 'examples.noMatch.0' }] },
    });
    expect((await client.call('GET', path)).body).toMatchObject({ pattern: 'ORD-\\d{6}' });
    await client.call('DELETE', path);
  });

  it('refuse a check and a built-in rule that there is not', async () => {
    for (const path of ['check', 'builtin']) {
      expect(await create({ name: 'Odd', pattern: 'x', [path]: 'nonsense' })).toMatchObject({
        status: 422,
        body: { code: 'invalid_value', errors: [{ path }] },
      });
    }
  });

  it('gain and lose a check', async () => {
    const { body } = await create({ name: 'Cards', pattern: '\\d{16}', check: 'luhn' });
    const path = `/redaction-rules/${body.id}`;
    expect(body.check).toBe('luhn');
    const without = await client.call<WireRedactionRule>('PATCH', path, { check: null });
    expect(without.body.check).toBeUndefined();
    expect((await client.call<WireRedactionRule>('GET', path)).body.check).toBeUndefined();
    await client.call('DELETE', path);
  });

  it('that are built in can be switched off and on', async () => {
    const { id, enabled } = await builtin('payment-card');
    expect(enabled).toBe(true);
    expect((await preview(`card ${CARD}`)).matches).toEqual([{ ruleId: id, start: 5, end: 24 }]);
    await client.call('PATCH', `/redaction-rules/${id}`, { enabled: false });
    expect((await preview(`card ${CARD}`)).text).toBe(`card ${CARD}`);
    await client.call('PATCH', `/redaction-rules/${id}`, { enabled: true });
    expect((await preview(`card ${CARD}`)).text).not.toContain('1111');
  });

  it('tell every listener at once that they changed', async () => {
    const { rulesOf } = redactorOf(server);
    const names = async () => [...(await rulesOf(client.accountId)).names.values()];
    expect(await names()).not.toContain('Live');
    const { body } = await create({ name: 'Live', pattern: 'live-\\d{4}' });
    expect(await names()).toContain('Live');
    await client.call('PATCH', `/redaction-rules/${body.id}`, { name: 'Renamed' });
    expect(await names()).toContain('Renamed');
    await client.call('DELETE', `/redaction-rules/${body.id}`);
    expect(await names()).not.toContain('Renamed');
  });

  it('note in the audit log who changed which part, and no pattern', async () => {
    const { body } = await create({ name: 'Private thing', pattern: 'secret-\\d+x' });
    await client.call('PATCH', `/redaction-rules/${body.id}`, { enabled: false, order: 5 });
    const audit = await client.call<Page<object>>('GET', '/audit-log?action=redaction-rule.changed&limit=1');
    expect(audit.body.items).toMatchObject([
      { target: { kind: 'redaction-rule', id: body.id }, details: { parts: 'enabled order' } },
    ]);
    expect(JSON.stringify((await client.call('GET', '/audit-log')).body)).not.toMatch(/secret|Private thing/);
  });

  it('are as many as an account may have, and no more', async () => {
    let status = 201;
    let made = 0;
    while (status === 201 && made < 120) {
      status = (await create({ name: `Rule ${made}`, pattern: `rule-${made}-\\d` })).status;
      made += 1;
    }
    expect(status).toBe(409);
    const { body } = await client.call<Page<object>>('GET', '/redaction-rules?limit=200');
    expect(body.items).toHaveLength(100);
  });
});

function redactorOf(server: TestServer) {
  const { redactor } = server.server.pipeline;
  return { rulesOf: (accountId: string) => redactor.rulesOf(accountId) };
}
