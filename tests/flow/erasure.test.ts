import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DAY_MS, HELD_UNTIL, visitorKeyName } from '../../server/domain/index.ts';
import type {
  Page,
  WireDataRequest,
  WireErasureCertificate,
  WireExpiryPreview,
  WireLegalHold,
  WireLegalHoldDetail,
  WireSubjectExport,
} from '../../shared/protocol/index.ts';
import { connect, connectAgent, connectVisitor, TestClient, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { keptParts } from '../support/kept-bytes.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const run = promisify(execFile);
const FIELD = { key: 'customer', label: 'Customer', category: 'customer id', searchable: false };

describeOnEveryStore('the end of personal data', (start) => {
  let clock: FakeClock;
  let test: TestServer;
  let admin: AccountClient;
  const visitors: VisitorClient[] = [];

  beforeAll(async () => {
    clock = new FakeClock(Date.now());
    test = await start({ clock });
    admin = accountClient(test, await test.signIn());
    await admin.call('PATCH', '/settings', { dpa: { customFields: [FIELD] } });
  });
  afterEach(() => {
    for (const visitor of visitors.splice(0)) visitor.close();
  });
  afterAll(() => test.close());

  const arrive = async (): Promise<VisitorClient> => {
    const visitor = await connectVisitor(test);
    visitors.push(visitor);
    return visitor;
  };
  const chat = async (visitor: VisitorClient, customer?: string): Promise<string> => {
    if (customer !== undefined) await visitor.emit('profile:update', { fields: { customer } });
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('message:send', { conversationId, clientId: 'one', text: 'hello there' });
    return conversationId;
  };
  const endChat = (visitor: VisitorClient, conversationId: string) =>
    visitor.emit('chat:end', { conversationId });
  const erase = (id: string) => admin.call('DELETE', `/conversations/${id}`);
  const hold = async (scope: object): Promise<WireLegalHold> => {
    const { status, body } = await admin.call<WireLegalHold>('POST', '/legal-holds', {
      scope,
      reason: 'Case 12',
    });
    expect(status).toBe(201);
    return body;
  };
  const release = async (id: string) => (await admin.call('DELETE', `/legal-holds/${id}`)).status;
  const done = async (request: WireDataRequest): Promise<WireDataRequest> => {
    await test.server.features.dataRequests.whenIdle();
    return (await admin.call<WireDataRequest>('GET', `/erasures/${request.id}`)).body;
  };
  const startErasure = async (subject: object): Promise<WireDataRequest> => {
    const { status, body } = await admin.call<WireDataRequest>('POST', '/erasures', subject);
    expect(status).toBe(201);
    return body;
  };
  const certificate = async (id: string) =>
    (await admin.call<WireErasureCertificate>('GET', `/erasure-certificates/${id}`)).body;
  /** The ends of everything that lives with a conversation. */
  const endsOf = async (id: string): Promise<Set<number | undefined>> => {
    const { conversations, messages, profiles, dataKeys } = test.server.stores;
    const kept = await messages.read({ conversationId: id, afterSeq: 0, limit: 50 });
    return new Set([
      (await conversations.get(admin.accountId, id))?.expiresAt,
      (await profiles.get(id))?.expiresAt,
      (await dataKeys.get(id))?.expiresAt,
      ...kept.map(({ expiresAt }) => expiresAt),
    ]);
  };

  it('P8 certifies an erasure with a signature that a command verifies offline', async () => {
    const id = await chat(await arrive());
    const { body } = await erase(id);
    const proof = await certificate(String(body.certificateId));
    expect(proof.statement).toMatchObject({
      scope: { kind: 'conversation', conversationId: id },
      counts: { conversations: 1, dataKeys: 1, messages: 1, profiles: 1 },
    });
    const dir = mkdtempSync(join(tmpdir(), 'engagement-certificate-'));
    const verify = async (named: string, content: object, ...more: string[]) => {
      writeFileSync(join(dir, named), JSON.stringify(content));
      const script = join(process.cwd(), 'scripts', 'verify-certificate.mjs');
      return run(process.execPath, [script, join(dir, named), ...more]).then(
        () => 'valid',
        ({ stderr }: { stderr: string }) => stderr.trim(),
      );
    };
    writeFileSync(join(dir, 'key.json'), JSON.stringify((await test.call('GET', '/certificate-key')).body));
    const trusted = ['--public-key', join(dir, 'key.json')];
    expect(await verify('good.json', proof, ...trusted)).toBe('valid');
    expect(await verify('alone.json', proof)).toBe('valid');
    const altered = { ...proof, statement: { ...proof.statement, counts: { messages: 2 } } };
    expect(await verify('altered.json', altered, ...trusted)).toBe('NOT VALID: the signature does not fit');
    expect(await verify('renamed.json', { ...proof, id: 'other' })).toMatch(/^NOT VALID: the id/);
    rmSync(dir, { recursive: true });
    expect((await erase(id)).status).toBe(404);
    expect(await test.server.stores.erasureList.list({ limit: 200 })).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id, kind: 'conversation' })]),
    });
  });

  it('P8 gives one certificate to two who erase at once', async () => {
    const id = await chat(await arrive());
    const answers = await Promise.all([erase(id), erase(id), erase(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
  });

  it('certifies the erasure of an address by a hash of it', async () => {
    const { body } = await admin.call('DELETE', '/activity-logs?ip=192.0.2.77');
    const proof = await certificate(String(body.certificateId));
    expect(proof.statement.scope.kind).toBe('address');
    expect(JSON.stringify(proof)).not.toContain('192.0.2.77');
  });

  it('keeps what is under legal hold from erasure and retention until it is released', async () => {
    const visitor = await arrive();
    const id = await chat(visitor);
    const before = await endsOf(id);
    const held = await hold({ conversationId: id });
    expect(await endsOf(id)).toEqual(new Set([HELD_UNTIL]));
    await visitor.emit('message:send', { conversationId: id, clientId: 'two', text: 'still here' });
    expect(await endsOf(id)).toEqual(new Set([HELD_UNTIL]));
    expect(await erase(id)).toMatchObject({ status: 409, body: { code: 'legal_hold.active' } });
    await admin.call('PATCH', '/settings', { transcriptRetentionDays: 1 });
    expect(await endsOf(id)).toEqual(new Set([HELD_UNTIL]));
    await admin.call('PATCH', '/settings', { transcriptRetentionDays: 14 });
    const listed = await admin.call<Page<WireLegalHold>>('GET', '/legal-holds?status=active');
    expect(listed.body.items).toMatchObject([{ id: held.id, reason: 'Case 12', status: 'active' }]);
    expect(await release(held.id)).toBe(200);
    expect(await release(held.id)).toBe(409);
    expect(await endsOf(id)).toEqual(before);
    expect((await erase(id)).status).toBe(200);
  });

  it('keeps what two holds keep until both are released', async () => {
    const id = await chat(await arrive());
    const [one, two] = [await hold({ conversationId: id }), await hold({ conversationId: id })];
    await release(one.id);
    expect((await erase(id)).status).toBe(409);
    await release(two.id);
    expect((await erase(id)).status).toBe(200);
  });

  it('holds what a visitor writes later, and refuses to erase the visitor', async () => {
    const visitor = await arrive();
    const first = await chat(visitor);
    const held = await hold({ sessionId: visitor.sessionId });
    await endChat(visitor, first);
    const second = await chat(visitor);
    await test.server.features.legalHolds.sweep();
    const detail = await admin.call<WireLegalHoldDetail>('GET', `/legal-holds/${held.id}`);
    expect([...detail.body.conversationIds].sort()).toEqual([first, second].sort());
    const refused = await done(await startErasure({ sessionId: visitor.sessionId }));
    expect(refused).toMatchObject({ status: 'refused', counts: {} });
    await release(held.id);
    expect((await erase(first)).status).toBe(200);
  });

  it('holds what a visitor without a chat did, and the visit, until it is released', async () => {
    const visitor = await arrive();
    const { sessionId } = visitor;
    await visitor.emit('page:view', { url: 'https://shop.example/held-page' });
    const { visitorKeeper, legalHolds } = test.server.features;
    await visitorKeeper.flush();
    const { entities, dataKeys } = test.server.stores;
    const ends = async () => {
      const [record, session] = [entities.visitorRecords, entities.visitorSessions];
      const found = [record.get(sessionId), session.get(sessionId), dataKeys.get(visitorKeyName(sessionId))];
      return (await Promise.all(found)).map((one) => one?.expiresAt);
    };
    const before = await ends();
    const held = await hold({ sessionId });
    expect(await ends()).toEqual([HELD_UNTIL, HELD_UNTIL, HELD_UNTIL]);
    await visitor.emit('page:view', { url: 'https://shop.example/later-page' });
    await visitorKeeper.flush();
    await legalHolds.sweep();
    await admin.call('PATCH', '/settings', { transcriptRetentionDays: 14 });
    expect(await ends()).toEqual([HELD_UNTIL, HELD_UNTIL, HELD_UNTIL]);
    const detail = await admin.call<WireLegalHoldDetail>('GET', `/legal-holds/${held.id}`);
    expect(detail.body).toMatchObject({ conversationIds: [], sessionIds: [sessionId] });
    expect(await done(await startErasure({ sessionId }))).toMatchObject({ status: 'refused', counts: {} });
    expect(await release(held.id)).toBe(200);
    expect(await ends()).toEqual(before);
    expect(await done(await startErasure({ sessionId }))).toMatchObject({ status: 'done' });
    expect(await entities.visitorRecords.get(sessionId)).toBeUndefined();
  });

  it('P8 erases all of a visitor: chats, visits, log entries and what is in memory', async () => {
    const visitor = await arrive();
    const { sessionId } = visitor;
    await visitor.emit('page:view', { url: 'https://shop.example/secret-page' });
    const ids = [await chat(visitor)];
    await endChat(visitor, ids[0] ?? '');
    ids.push(await chat(visitor));
    const finished = await done(await startErasure({ sessionId }));
    expect(finished).toMatchObject({
      status: 'done',
      found: 2,
      counts: { conversations: 2, dataKeys: 2, messages: 2, activity: 1, visitors: expect.any(Number) },
    });
    expect((await certificate(finished.certificateId ?? '')).statement.scope).toEqual({
      kind: 'visitor',
      sessionId,
    });
    for (const id of ids) expect((await admin.call('GET', `/conversations/${id}`)).status).toBe(404);
    expect(
      (await admin.call<Page<unknown>>('GET', `/activity-logs?sessionId=${sessionId}`)).body.items,
    ).toEqual([]);
    expect(test.server.features.live.snapshot(sessionId).pages).toEqual([]);
    expect(await test.server.stores.entities.visitorSessions.get(sessionId)).toBeUndefined();
    expect((await admin.call('POST', '/erasures', { sessionId })).status).toBe(404);
  });

  it('P8 erases a person by a field of the agreement, however it is spelled, and nobody else', async () => {
    const [one, two, other] = [await arrive(), await arrive(), await arrive()];
    const theirs = [await chat(one, 'Kund-77'), await chat(two, ' kund-77')];
    const kept = await chat(other, 'kund-78');
    const finished = await done(await startErasure({ field: 'customer', value: 'KUND-77' }));
    expect(finished).toMatchObject({ status: 'done', found: 2, counts: { conversations: 2 } });
    expect(JSON.stringify(finished).toLowerCase()).not.toContain('kund-77');
    const stored = await test.server.stores.entities.dataRequests.get(finished.id);
    expect(stored).not.toHaveProperty('sealedValue');
    for (const id of theirs) expect((await admin.call('GET', `/conversations/${id}`)).status).toBe(404);
    expect((await admin.call('GET', `/conversations/${kept}`)).status).toBe(200);
    expect((await admin.call('POST', '/erasures', { field: 'shoe', value: '43' })).status).toBe(422);
  });

  it('hands out all that is kept of a person, to read and as JSON, and notes who took it', async () => {
    const [visitor, other] = [await arrive(), await arrive()];
    await visitor.emit('page:view', { url: 'https://shop.example/<b>boots</b>', title: 'Boots & more' });
    const id = await chat(visitor, 'kund-90');
    await chat(other, 'kund-91');
    await visitor.emit('chat:rate', { conversationId: id, score: 4, comment: 'quick <script>' });
    const started = await admin.call<WireDataRequest>('POST', '/subject-access', {
      field: 'customer',
      value: 'Kund 90',
    });
    await test.server.features.dataRequests.whenIdle();
    const path = `/subject-access/${started.body.id}`;
    expect((await admin.call('GET', path)).body).toMatchObject({
      status: 'done',
      found: 1,
      purpose: 'access',
    });
    const file = async (format: string) => {
      const { accessToken } = await test.signIn();
      const url = `${test.url}/api/v1/accounts/${admin.accountId}${path}/export?format=${format}`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
      return answer.text();
    };
    const data = JSON.parse(await file('json')) as WireSubjectExport;
    expect(data.conversations).toMatchObject([
      { id, rating: 4, messages: [{ text: 'hello there' }], profile: { fields: { customer: 'kund-90' } } },
    ]);
    expect(data.visits).toMatchObject([{ sessionId: visitor.sessionId, connections: [{ ip: '127.0.0.1' }] }]);
    expect(JSON.stringify(data.visits)).toContain('Boots & more');
    const page = await file('html');
    expect(page).toContain('hello there');
    expect(page).toContain('Boots &amp; more');
    expect(page).toContain('quick &lt;script&gt;');
    expect(page).not.toMatch(/<script|<b>|kund-91/);
    const log = await admin.call<Page<{ action: string }>>(
      'GET',
      '/audit-log?action=subject-access.exported',
    );
    expect(log.body.items).toHaveLength(2);
  });

  it('tells what goes when, and what is held', async () => {
    const id = await chat(await arrive());
    const held = await hold({ conversationId: await chat(await arrive()) });
    const { body } = await admin.call<WireExpiryPreview>('GET', '/expiry-preview?days=14');
    const last = new Date(clock.now() + 14 * DAY_MS).toISOString().slice(0, 10);
    expect(body.days.at(-1)?.date).toBe(last);
    const total = (preview: WireExpiryPreview) =>
      preview.days.reduce((sum, day) => sum + day.conversations, 0);
    const shortly = await admin.call<WireExpiryPreview>('GET', '/expiry-preview?days=7');
    expect([total(shortly.body), shortly.body.held]).toEqual([0, 1]);
    await clock.advanceAsync(1_000);
    const later = await admin.call<WireExpiryPreview>('GET', '/expiry-preview?days=14');
    expect(total(later.body)).toBeGreaterThan(0);
    const going = await admin.call<Page<{ id: string }>>('GET', '/expiry-preview/conversations?days=14');
    expect(going.body.items.map((one) => one.id)).toContain(id);
    await release(held.id);
  });

  it('P6 P8 erases a whole account, its staff and its keys, when its name confirms it', async () => {
    const owner = await test.signIn();
    const boss = { email: 'boss@example.com', name: 'Boss', password: 'a very long password 77' };
    const made = await test.call(
      'POST',
      '/accounts',
      { name: 'Gone AB', siteKey: 'gone', admin: boss },
      owner.accessToken,
    );
    const accountId = String(made.body.id);
    const client = accountClient(test, await test.signIn({ email: boss.email, password: boss.password }));
    const { body: session } = await test.call('POST', '/visitor/sessions', { siteKey: 'gone' });
    const guest = new TestClient(await connect(`${test.url}/visitor`, { token: session.token }));
    const staff = await connectAgent(test, { email: boss.email, password: boss.password });
    await guest.emitRaw('page:view', { url: 'https://gone.example/planted-page' });
    expect((await client.call('POST', '/erasure', { confirm: 'Gone' })).status).toBe(422);
    const { password } = boss;
    const own = await test.signIn({ email: boss.email, password });
    await test.call('POST', '/auth/second-factor/setup', { password }, own.accessToken);
    const bossId = own.user.id;
    const link = { id: 'link-of-boss', version: 1, createdAt: 0, updatedAt: 0 };
    await test.server.stores.entities.identityLinks.insert({ ...link, userId: bossId, subjectHash: 'boss' });
    const cutOff = [guest, staff].map(
      ({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)),
    );
    const started = await client.call<WireDataRequest>('POST', '/erasure', { confirm: 'Gone AB' });
    expect(started.status).toBe(201);
    await test.server.features.dataRequests.whenIdle();
    // Their ends hear of it a little later than the server is done.
    await Promise.all(cutOff);
    expect([guest.socket.connected, staff.socket.connected]).toEqual([false, false]);
    await expect(connect(`${test.url}/visitor`, { token: session.token })).rejects.toMatchObject({
      data: { code: expect.any(String) },
    });
    const operator = (path: string) => test.call<WireDataRequest>('GET', path, undefined, owner.accessToken);
    const finished = (await operator(`/account-erasures/${started.body.id}`)).body;
    expect(finished).toMatchObject({ status: 'done', counts: { accounts: 1 } });
    const proof = await operator(`/account-erasure-certificates/${finished.certificateId}`);
    expect(proof.body).toMatchObject({ statement: { accountId, scope: { kind: 'account' } } });
    const { entities, accountKeys, audit } = test.server.stores;
    expect(await entities.accounts.get(accountId)).toBeUndefined();
    expect(await entities.users.findBy('email', boss.email)).toBeUndefined();
    expect(await entities.secondFactors.get(bossId)).toBeUndefined();
    expect(await entities.identityLinks.findBy('subjectHash', 'boss')).toBeUndefined();
    expect(await entities.sites.findBy('siteKey', 'gone')).toBeUndefined();
    expect(await accountKeys.newest(accountId)).toBeUndefined();
    expect((await audit.list({ accountId, limit: 5 })).items).toEqual([]);
    await test.server.features.visitors.keepChanged();
    await test.server.features.visitorKeeper.flush();
    await clock.advanceAsync(61_000);
    for (const { where, content } of await keptParts(test)) {
      if (!/engagement|visitor|activity|data_keys|account_keys/.test(where)) continue;
      expect([where, content.includes('planted-page')]).toEqual([where, false]);
    }
    const left = await entities.visitorRecords.list({ where: { accountId }, limit: 5 });
    const visits = await entities.visitorSessions.list({ where: { accountId }, limit: 5 });
    expect([left.items, visits.items]).toEqual([[], []]);
    const keys = { accountId, version: Number.MAX_SAFE_INTEGER, limit: 5 };
    expect(await test.server.stores.dataKeys.wrappedBefore(keys)).toEqual([]);
    expect((await test.call('POST', '/visitor/sessions', { siteKey: 'gone' })).status).toBe(401);
    const demo = { accountId: owner.accountId, confirm: 'demo' };
    const refused = await test.call('POST', '/account-erasures', demo, owner.accessToken);
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
  });
});
