import { DAY_MS } from '../../server/domain/index.ts';
import type {
  Page,
  WireAuditEntry,
  WireConversation,
  WireFieldSweep,
  WireTranscript,
} from '../../shared/protocol/index.ts';
import { connectVisitor, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient, ShiftedClock } from './rest-support.ts';

const CUSTOMER = { key: 'customer', label: 'Customer', category: 'customer id', searchable: true };
const CITY = { key: 'city', label: 'City', category: 'other', searchable: false };

describeOnEveryStore('the data-processing agreement', (start) => {
  let clock: ShiftedClock;
  let test: TestServer;
  let admin: AccountClient;
  let visitor: VisitorClient;
  let conversationId: string;

  beforeEach(async () => {
    clock = new ShiftedClock();
    test = await start({ clock });
    admin = accountClient(test, await test.signIn());
    await agree([CUSTOMER, CITY]);
    visitor = await connectVisitor(test);
    await visitor.emit('profile:update', { fields: { customer: 'K1', city: 'Lund' } });
    conversationId = (await visitor.emit('chat:start', {})).conversationId;
    await swept();
  });
  afterEach(async () => {
    visitor.close();
    await test.close();
  });

  const agree = (customFields: readonly object[]) =>
    admin.call('PATCH', '/settings', { dpa: { customFields } });
  const swept = () => test.server.features.fieldSweeps.whenIdle();
  const fieldsOf = async (id = conversationId) =>
    (await admin.call<WireTranscript>('GET', `/conversations/${id}?include=profile`)).body.profile?.fields;
  const found = async (customer: string) =>
    (await admin.call<Page<WireConversation>>('POST', '/conversations/search', { fields: { customer } })).body
      .items.length;

  it('erases the values of a field that leaves it, everywhere, and says so', async () => {
    expect(await found('K1')).toBe(1);
    await agree([CITY]);
    await swept();
    expect(await fieldsOf()).toEqual({ city: 'Lund' });
    expect(test.server.features.live.get(visitor.sessionId)?.fields).toEqual({ city: 'Lund' });
    const index = test.server.stores.entities.profileIndex;
    expect((await index.list({ where: { accountId: admin.accountId }, limit: 9 })).items).toEqual([]);
    const [sweep] = (await admin.call<Page<WireFieldSweep>>('GET', '/field-sweeps')).body.items;
    expect(sweep).toMatchObject({ status: 'done', total: 1, scanned: 1, failed: 0 });
    expect(sweep?.changed).toBeGreaterThanOrEqual(1);
    const audit = await admin.call<Page<WireAuditEntry>>('GET', `/audit-log?targetId=${sweep?.id}`);
    expect(audit.body.items.map(({ action }) => action).sort()).toEqual([
      'field-sweep.finished',
      'field-sweep.started',
    ]);
    await agree([CUSTOMER, CITY]);
    await swept();
    expect(await fieldsOf()).toEqual({ city: 'Lund' });
    expect(await found('K1')).toBe(0);
  });

  it('erases them from what is kept of visitors who are not there', async () => {
    await test.server.features.visitorKeeper.flush();
    const { accountId } = admin;
    await agree([CITY]);
    await swept();
    const kept = await test.server.features.visitorKeeper.read({ accountId, sessionId: visitor.sessionId });
    expect(kept?.visitor.fields).toEqual({ city: 'Lund' });
  });

  it('builds the index for what is there when a field becomes searchable, and takes it away again', async () => {
    await agree([{ ...CUSTOMER, searchable: false }, CITY]);
    expect(await found('K1')).toBe(0);
    await swept();
    await agree([CUSTOMER, CITY]);
    await swept();
    expect(await found('K1')).toBe(1);
  });

  it('goes on with a sweep that a stop cut off', async () => {
    const sweeps = test.server.stores.entities.fieldSweeps;
    const [last] = (await sweeps.list({ where: { accountId: admin.accountId }, newestFirst: true, limit: 1 }))
      .items;
    const { finishedAt: _ended, ...sweep } = last ?? fail('no sweep');
    const again = {
      id: 'cut-off',
      version: 1,
      createdAt: clock.now(),
      status: 'running',
      stage: 'conversations',
      scanned: 0,
    } as const;
    await sweeps.insert({ ...sweep, ...again });
    await test.server.features.fieldSweeps.resumeAll();
    await swept();
    expect(await sweeps.get('cut-off')).toMatchObject({ status: 'done', scanned: 1 });
  });

  it('P8 ends values at the end of their own life, before the transcript', async () => {
    await agree([{ ...CUSTOMER, retentionDays: 2 }, CITY]);
    await swept();
    clock.shift(DAY_MS);
    expect(await test.server.features.agreedValues.endFields()).toBe(0);
    clock.shift(DAY_MS + 1);
    expect(await test.server.features.agreedValues.endFields()).toBeGreaterThanOrEqual(1);
    await test.server.features.retention.purge();
    admin = accountClient(test, await test.signIn());
    expect(await fieldsOf()).toEqual({ city: 'Lund' });
    expect(await found('K1')).toBe(0);
  });

  it('keeps what a rule would take out only in a field that is agreed to hold it', async () => {
    const number = '19811218-9876';
    await visitor.emit('profile:update', { fields: { customer: number } });
    expect(test.server.features.live.get(visitor.sessionId)?.fields.customer).not.toContain('9876');
    await agree([{ ...CUSTOMER, category: 'personal number', keepAsGiven: true }, CITY]);
    await visitor.emit('profile:update', { fields: { customer: number } });
    await test.server.features.visitors.keepChanged();
    expect(await fieldsOf()).toMatchObject({ customer: number });
    expect(await found('198112189876')).toBe(1);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
