import { compileRuleSet, type Recording, simulate } from '../../server/domain/engagement/index.ts';
import { recordedDecision } from '../../server/domain/index.ts';
import {
  type AccountSettings,
  BLOCKER_CODES,
  type BlockerCode,
  type EngagementReport,
  type SimulateAnswer,
  type WireDecisions,
  type WireEngagementRule,
  type WireRuleSetVersion,
  type WireTranscript,
  type WireVisitorDetail,
} from '../../shared/protocol/index.ts';
import { connectAgent, connectNewAgent, connectVisitor, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { pick, seededRandom } from '../support/identifiers.ts';
import { SEED } from '../support/seed.ts';
import type { TestServer } from '../support/server.ts';
import { until } from './redaction-support.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const DAY_MS = 86_400_000;
const PAGE = 'https://shop.example/cart';
const AFTER_30_S = {
  name: 'Half a minute on the cart',
  kind: 'engage',
  when: {
    all: [
      { fact: 'page.path', op: 'eq', value: '/cart' },
      { fact: 'page.timeOnPageMs', op: 'gte', value: 30_000 },
    ],
  },
  action: { type: 'invite', message: 'Can we help with your cart?', translations: { sv: 'Kan vi hjälpa?' } },
} as const;

describeOnEveryStore('engagement', (start) => {
  let server: TestServer;
  let client: AccountClient;
  let clock: FakeClock;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    clock = new FakeClock();
    server = await start({ clock });
  });
  // The clock moves by minutes, so each test signs in anew.
  beforeEach(async () => {
    client = accountClient(server, await server.signIn());
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    const off = { publishing: 'immediate', recordings: { samplePercent: 0 } };
    await client.call('PATCH', '/settings', { engagement: off });
    const { body } = await client.call<{ items: WireEngagementRule[] }>('GET', '/engagement-rules');
    for (const { id } of body.items) await client.call('DELETE', `/engagement-rules/${id}`);
    await client.call('POST', '/engagement-rule-versions', {});
    await clock.advanceAsync(200);
  });
  afterAll(() => server.close());

  async function rule(with_: object = {}): Promise<WireEngagementRule> {
    const made = await client.call<WireEngagementRule>('POST', '/engagement-rules', {
      ...AFTER_30_S,
      ...with_,
    });
    expect(made).toMatchObject({ status: 201 });
    return made.body;
  }

  async function visitor(token?: string): Promise<VisitorClient> {
    const one = await connectVisitor(server, token);
    open.push(one);
    return one;
  }

  async function onTheCart(token?: string): Promise<VisitorClient> {
    const one = await visitor(token);
    await one.emit('page:view', { url: PAGE });
    return one;
  }

  const detailOf = async ({ sessionId }: VisitorClient) =>
    (await client.call<WireVisitorDetail>('GET', `/visitors/${sessionId}`)).body;
  const decisionsOf = async ({ sessionId }: VisitorClient) =>
    (await client.call<WireDecisions>('GET', `/visitors/${sessionId}/decisions`)).body.items;
  const whyNot = async ({ sessionId }: VisitorClient, ruleId: string) =>
    (await client.call<WireDecisions>('GET', `/visitors/${sessionId}/why-not?ruleId=${ruleId}`)).body
      .items[0];
  const blockers = async (one: VisitorClient, ruleId: string) =>
    (await whyNot(one, ruleId))?.trace.blockers.map(({ code }) => code);
  const invites = (one: VisitorClient) => one.all('engagement:invite');
  /** What the server has sent so far has arrived when this resolves. */
  const settled = (one: VisitorClient) => one.emit('page:activity', {});

  it('G1: invite by a timer at the moment when the rule comes true, in every tab, and simulate says the same', async () => {
    const made = await rule();
    const session = await server.openVisitorSession();
    const one = await onTheCart(session.visitorToken);
    const other = await visitor(session.visitorToken);
    const at = clock.now();
    await clock.advanceAsync(29_999);
    await settled(one);
    expect(invites(one)).toEqual([]);
    expect(await blockers(one, made.id)).toEqual(['conditions']);
    await clock.advanceAsync(1);
    const invite = await one.next('engagement:invite');
    expect(invite).toMatchObject({
      ruleId: made.id,
      message: AFTER_30_S.action.message,
      action: { type: 'invite' },
    });
    expect(await other.next('engagement:invite')).toEqual(invite);

    const simulated = await client.call<SimulateAnswer>('POST', '/engagement-rules/simulate', {
      events: [{ at: new Date(at).toISOString(), name: 'page:view', payload: { url: PAGE } }],
      until: new Date(at + 60_000).toISOString(),
    });
    const live = (await decisionsOf(one)).filter(({ fired }) => fired);
    expect(simulated.body.decisions.filter(({ fired }) => fired)).toEqual(live);
    expect(live).toMatchObject([{ ruleId: made.id, at: new Date(at + 30_000).toISOString() }]);
  });

  it('G2: begin the chat with the greeting, which the decision goes with', async () => {
    const made = await rule();
    const agent = await connectAgent(server);
    open.push(agent);
    await agent.emit('presence:set', { status: 'online' });
    const one = await onTheCart();
    await clock.advanceAsync(30_000);
    const { inviteId } = await one.next('engagement:invite');
    const { conversationId } = await one.emit('chat:start', { inviteId });
    const assigned = await agent.next('chat:assigned', ({ id }) => id === conversationId);
    expect(assigned.engagement).toMatchObject({ inviteId, ruleId: made.id, ruleName: made.name });
    const { messages } = await agent.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(messages).toMatchObject([{ seq: 1, from: { kind: 'bot' }, text: AFTER_30_S.action.message }]);
    const path = `/conversations/${conversationId}?include=profile`;
    const { profile } = (await client.call<WireTranscript>('GET', path)).body;
    expect(profile?.decision).toEqual((await decisionsOf(one)).find(({ fired }) => fired));
    expect(profile?.decision).toMatchObject({ ruleId: made.id, trace: { when: { holds: true } } });
    await one.emit('chat:rate', { conversationId, score: 5 });
    await one.emit('chat:rate', { conversationId, score: 4 });
    const { body } = await client.call<EngagementReport>('GET', '/reports/engagement');
    expect(body.items.filter(({ ruleId }) => ruleId === made.id)).toMatchObject([
      { ruleId: made.id, shown: 1, accepted: 1, dismissed: 0, chats: 1, rated: 1, measuredBy: 'chats' },
    ]);
  });

  it('G2: begin the chat with anyone when the department of the rule is gone or has nobody', async () => {
    const department = { name: 'Sales', members: [] };
    const sales = (await client.call<{ id: string }>('POST', '/departments', department)).body;
    await rule({ action: { ...AFTER_30_S.action, departmentId: sales.id } });
    const [one, other] = [await onTheCart(), await onTheCart()];
    await clock.advanceAsync(30_000);
    const begun = async (by: VisitorClient) => {
      const { inviteId, action } = await by.next('engagement:invite');
      expect(action.departmentId).toBe(sales.id);
      const { conversationId } = await by.emit('chat:start', { inviteId });
      const { body } = await client.call<WireTranscript>('GET', `/conversations/${conversationId}`);
      await by.emit('chat:end', { conversationId });
      return body;
    };
    expect((await begun(one)).departmentId).toBeUndefined();
    expect((await client.call('DELETE', `/departments/${sales.id}`)).status).toBe(204);
    expect((await begun(other)).departmentId).toBeUndefined();
  });

  it('G3: keep limits over tabs, reconnects, sessions and restarts', async () => {
    const made = await rule({ limits: { oncePerSession: true, cooldownMs: 30 * DAY_MS } });
    const session = await server.openVisitorSession();
    const one = await onTheCart(session.visitorToken);
    await clock.advanceAsync(30_000);
    await one.next('engagement:invite');
    await one.emit('invite:answer', { inviteId: invites(one)[0]?.inviteId ?? '', accepted: false });
    one.close();
    await server.close({ keepData: true });

    server = await start({ clock, dataDir: server.dataDir });
    client = accountClient(server, await server.signIn());
    const again = await onTheCart(session.visitorToken);
    expect(again.sessionId).toBe(session.sessionId);
    await clock.advanceAsync(40_000);
    await settled(again);
    expect(invites(again)).toEqual([]);
    expect(await blockers(again, made.id)).toEqual(
      expect.arrayContaining(['dismissed', 'once_per_session', 'cooldown']),
    );
    expect((await detailOf(again)).invite).toMatchObject({ state: 'dismissed' });

    await clock.leap(1.5 * DAY_MS);
    client = accountClient(server, await server.signIn());
    const later = await onTheCart(session.visitorToken);
    expect(later.sessionId).not.toBe(session.sessionId);
    await clock.advanceAsync(40_000);
    expect(await blockers(later, made.id)).toEqual(['cooldown']);
    expect((await detailOf(later)).visits).toBe(2);
  });

  it('G3: show one invitation at a time, the highest priority first, none for a while after one was put away', async () => {
    const low = await rule({ name: 'Low', priority: 1 });
    const high = await rule({ name: 'High', priority: 2 });
    const one = await onTheCart();
    await clock.advanceAsync(30_000);
    const { inviteId, ruleId } = await one.next('engagement:invite');
    expect(ruleId).toBe(high.id);
    expect(await blockers(one, low.id)).toEqual(['already_inviting']);
    await one.emit('invite:answer', { inviteId, accepted: false });
    await clock.advanceAsync(60_000);
    expect(await blockers(one, low.id)).toEqual(['dismissed']);
    expect(invites(one)).toHaveLength(1);
  });

  it('G4: count the control group, shown nothing, and measure the uplift by the rule’s goal', async () => {
    const all = await rule({ holdoutPercent: 100, goal: 'purchase' });
    const one = await onTheCart();
    await clock.advanceAsync(30_000);
    await one.emit('page:activity', { event: { name: 'purchase', value: 99 } });
    await one.emit('page:activity', { event: { name: 'purchase', value: 99 } });
    expect(invites(one)).toEqual([]);
    expect(await decisionsOf(one)).toMatchObject([
      { ruleId: all.id, fired: false, trace: { blockers: [{ code: 'holdout' }] } },
    ]);
    const { body } = await client.call<EngagementReport>('GET', '/reports/engagement');
    expect(body.items.filter(({ ruleId }) => ruleId === all.id)).toMatchObject([
      {
        ruleId: all.id,
        shown: 0,
        holdout: { shown: 1, goals: 1 },
        measuredBy: 'goals',
        control: { value: 1 },
      },
    ]);
  });

  it('G5: wait for an agent where a rule asks for one, and do not disturb who is in a chat', async () => {
    const made = await rule({ requiresAgent: true });
    const one = await onTheCart();
    await clock.advanceAsync(31_000);
    expect(await blockers(one, made.id)).toEqual(['no_agent']);
    const chatting = await onTheCart();
    const { conversationId } = await chatting.emit('chat:start', {});
    const agent = await connectAgent(server);
    open.push(agent);
    await agent.emit('presence:set', { status: 'online' });
    await clock.advanceAsync(200);
    expect((await one.next('engagement:invite')).ruleId).toBe(made.id);
    await clock.advanceAsync(60_000);
    await settled(chatting);
    expect(invites(chatting)).toEqual([]);
    expect(await blockers(chatting, made.id)).toContain('in_chat');
    // The clock has jumped over the renewals of the agent's lease.
    await agent.emit('presence:set', { status: 'online' });
    await chatting.emit('chat:end', { conversationId });
    await clock.advanceAsync(200);
    expect((await chatting.next('engagement:invite')).ruleId).toBe(made.id);
  });

  it('G5: mask what a field holds for who may not read it, and count what was decided', async () => {
    const customFields = [{ key: 'plan', label: 'Plan', category: 'contract', searchable: false }];
    await client.call('PATCH', '/settings', { dpa: { customFields } });
    const made = await rule({ when: { fact: 'profile.plan', op: 'startsWith', value: 'go' } });
    const one = await onTheCart();
    await one.emit('profile:update', { fields: { plan: 'gold-plated' } });
    await one.next('engagement:invite');
    const analyst = await connectNewAgent(server, 'Ana', ['analyst']);
    open.push(analyst);
    const { email, password } = analyst;
    const asAnalyst = accountClient(server, await server.signIn({ email, password }));
    const path = `/visitors/${one.sessionId}`;
    const seenBy = async (by: AccountClient) =>
      (await by.call<WireDecisions>('GET', `${path}/why-not?ruleId=${made.id}`)).body.items[0]?.trace.when;
    expect(await seenBy(client)).toMatchObject({ seen: 'gold-plated', holds: true });
    expect(await seenBy(asAnalyst)).toMatchObject({ masked: true, holds: true });
    const tried = await asAnalyst.call('POST', `${path}/try-rule`, {
      rule: { ...AFTER_30_S, when: made.when },
    });
    expect(tried.status).toBe(200);
    const kept = await asAnalyst.call('GET', `${path}/decisions`);
    for (const text of [await seenBy(asAnalyst), tried.body, kept.body, await decisionsOf(one)]) {
      expect(JSON.stringify(text)).not.toContain('gold-plated');
    }
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const outcomes = [...metrics.matchAll(/^engagement_decisions_total\{outcome="(\w+)"\}/gm)];
    const closed = ['fired', ...BLOCKER_CODES];
    expect(outcomes.map(([, outcome]) => outcome)).toContain('fired');
    expect(outcomes.filter(([, outcome]) => !closed.includes(outcome as BlockerCode))).toEqual([]);
    expect(metrics).toMatch(/^invitations_total\{outcome="shown"\} [1-9]/m);
    for (const id of [made.id, one.sessionId]) expect(metrics).not.toContain(id);
  });

  it('G6: take a changed rule up at once; publish and roll back where the account publishes by hand', async () => {
    const made = await rule({ when: { fact: 'page.path', op: 'eq', value: '/never' } });
    const one = await onTheCart();
    await client.call('PATCH', `/engagement-rules/${made.id}`, {
      when: { fact: 'page.path', op: 'eq', value: '/cart' },
    });
    await clock.advanceAsync(1_000);
    expect((await one.next('engagement:invite')).ruleId).toBe(made.id);

    await client.call('PATCH', '/settings', { engagement: { publishing: 'manual' } });
    await client.call('PATCH', `/engagement-rules/${made.id}`, { name: 'Renamed', goal: null });
    const diff = await client.call('POST', '/engagement-rules/diff', {});
    expect(diff.body).toMatchObject({ changes: { changed: [{ ruleId: made.id, fields: ['name'] }] } });
    const before = await client.call<{ items: WireRuleSetVersion[] }>('GET', '/engagement-rule-versions');
    const [newest, first] = before.body.items as [WireRuleSetVersion, WireRuleSetVersion];
    expect([newest, first]).toMatchObject([
      { live: true, version: first.version + 1 },
      { live: false, ruleCount: 1 },
    ]);
    const published = await client.call('POST', '/engagement-rule-versions', { note: 'A better name' });
    expect(published).toMatchObject({
      status: 201,
      body: { version: newest.version + 1, live: true, note: 'A better name' },
    });
    expect(await whyNot(one, made.id)).toBeDefined();
    const back = await client.call('POST', `/engagement-rule-versions/${first.version}/restore`);
    expect(back).toMatchObject({ status: 201, body: { version: newest.version + 2, live: true } });
    const { body } = await client.call<WireEngagementRule>('GET', `/engagement-rules/${made.id}`);
    expect(body).toMatchObject({ name: made.name, when: { value: '/never' } });
    expect((await client.call('POST', '/engagement-rule-versions/9999/restore')).status).toBe(404);
  });

  it('G7: refuse a rule that cannot run, with the place and the reason', async () => {
    const bad = { all: [{ fact: 'page.url', op: 'matches', value: '(a' }] };
    const answer = await client.call<{ errors: { path: string }[] }>('POST', '/engagement-rules', {
      ...AFTER_30_S,
      when: bad,
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]?.path).toBe('when.all.0.value');
    const away = { ...AFTER_30_S, action: { ...AFTER_30_S.action, departmentId: 'not-there' } };
    expect((await client.call('POST', '/engagement-rules', away)).body).toMatchObject({
      code: 'invalid_value',
      errors: [{ path: 'action.departmentId' }],
    });
    expect(
      (
        await client.call('POST', '/engagement-rules', {
          ...AFTER_30_S,
          when: { fact: 'moon', op: 'eq', value: 1 },
        })
      ).status,
    ).toBe(422);
  });

  it('G8: record a sample only where the account asks for it, without values of fields, and compare rule sets on it', async () => {
    await client.call('PATCH', '/settings', {
      dpa: { customFields: [{ key: 'plan', label: 'Plan', category: 'contract', searchable: false }] },
      engagement: { publishing: 'manual', recordings: { samplePercent: 100, retentionDays: 1 } },
    });
    const made = await rule();
    const one = await onTheCart();
    await one.emit('profile:update', { fields: { plan: 'gold-plated' } });
    await clock.advanceAsync(60_000);
    await server.server.features.engagement.flush();
    const kept = await server.server.stores.entities.visitorRecordings.get(one.sessionId);
    expect(kept?.recording.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['page', 'fields']),
    );
    expect(JSON.stringify(kept)).not.toContain('gold-plated');
    const { body } = await client.call('POST', '/engagement-rules/diff', {});
    expect(body).toMatchObject({
      recordings: 1,
      invitations: { before: 0, after: 1 },
      gained: [{ recording: one.sessionId, ruleId: made.id }],
      lost: [],
    });
  });

  it('G8: decide in a replay bit by bit what was decided live', async () => {
    await client.call('PATCH', '/settings', {
      engagement: { recordings: { samplePercent: 100, retentionDays: 1 } },
    });
    await rule({ limits: { cooldownMs: 45_000 } });
    await rule({
      name: 'Waits',
      requiresAgent: true,
      when: { fact: 'session.pageViews', op: 'gte', value: 3 },
    });
    await rule({
      ...{ name: 'Tangled', priority: 3, holdoutPercent: 50, limits: { maxPerDay: 1 } },
      when: {
        any: [
          {
            all: [
              AFTER_30_S.when.all[0],
              { fact: 'session.durationMs', op: 'between', value: [70_000, 80_000] },
            ],
          },
          { not: { fact: 'event.cart.count', op: 'lt', value: 2 } },
        ],
      },
    });
    await client.call('POST', '/engagement-rules', {
      ...{ name: 'Slow', kind: 'score', points: 3 },
      when: { fact: 'page.timeOnPageMs', op: 'gt', value: 12_345 },
    });
    await clock.advanceAsync(200);
    const random = seededRandom(SEED);
    const one = await onTheCart();
    await clock.advanceAsync(31_000);
    const agent = await connectAgent(server);
    open.push(agent);
    const acts = [
      () => one.emit('page:view', { url: random() < 0.5 ? PAGE : 'https://shop.example/lamps?utm_source=x' }),
      () => one.emit('page:activity', { scrollDepth: Math.ceil(random() * 100), idle: random() < 0.5 }),
      () => one.emit('page:activity', { event: { name: 'cart', value: Math.round(random() * 99) } }),
      () => agent.emit('presence:set', { status: random() < 0.5 ? 'online' : 'away' }),
    ];
    const dismiss = async () => {
      const { invite } = await detailOf(one);
      if (invite?.state === 'shown')
        await one.emit('invite:answer', { inviteId: invite.inviteId, accepted: false });
    };
    for (let step = 0; step < 40; step++) {
      await pick(random, acts)();
      await clock.advanceAsync(Math.floor(random() * 20_000));
      if (step === 30) await dismiss();
    }
    await settled(one);
    await server.server.features.engagement.flush();
    const live = await decisionsOf(one);
    const kept = await server.server.stores.entities.visitorRecordings.get(one.sessionId);
    const { items } = (await client.call<{ items: WireEngagementRule[] }>('GET', '/engagement-rules')).body;
    const { timeZone, businessHours } = (await client.call<AccountSettings>('GET', '/settings')).body;
    const ruleSet = compileRuleSet({ rules: items, timeZone, businessHours });
    const replayed = simulate(ruleSet, kept?.recording as Recording).decisions;
    const told = replayed.map((decision) => recordedDecision(decision, { showFields: false }));
    expect(live.some(({ fired }) => fired)).toBe(true);
    expect(JSON.stringify(told.slice(0, live.length))).toBe(JSON.stringify(live));
    // What is left are the rules of which there was nothing to tell.
    const silent = new Set(told.slice(live.length).map(({ ruleId }) => ruleId));
    expect(live.filter(({ ruleId }) => silent.has(ruleId))).toEqual([]);

    // Nothing is decided for who has left, so the replay ends there too.
    await one.emit('page:activity', { scrollDepth: 100 });
    await settled(one);
    const leftAt = clock.now();
    one.close();
    await until(
      () => detailOf(one),
      ({ online }) => !online,
    );
    await clock.advanceAsync(31_000);
    const later = await server.server.stores.entities.visitorRecordings.get(one.sessionId);
    expect(later?.recording.until).toBe(leftAt);
  });

  it('V2: show the score and where it comes from; P6: nothing of it to another account', async () => {
    const scored = await client.call<WireEngagementRule>('POST', '/engagement-rules', {
      name: 'On the cart',
      kind: 'score',
      points: 7,
      when: AFTER_30_S.when.all[0],
    });
    const one = await onTheCart();
    await clock.advanceAsync(10);
    expect(await detailOf(one)).toMatchObject({
      score: 7,
      scoreParts: [{ ruleId: scored.body.id, name: 'On the cart', points: 7 }],
    });
    const other = { email: 'other@example.com', password: 'another long password' };
    const { accessToken } = await server.signIn();
    await server.call('POST', '/accounts', { name: 'Other', admin: { ...other, name: 'Olle' } }, accessToken);
    const stranger = accountClient(server, await server.signIn(other));
    for (const path of ['decisions', 'why-not']) {
      expect((await stranger.call('GET', `/visitors/${one.sessionId}/${path}`)).status).toBe(404);
    }
    expect(
      (await stranger.call('PATCH', `/engagement-rules/${scored.body.id}`, { name: 'Mine' })).status,
    ).toBe(404);
    expect((await stranger.call<{ items: [] }>('GET', '/engagement-rules')).body.items).toEqual([]);
  });
});
