import { DAY_MS } from '../../server/domain/index.ts';
import type { AuditVerification, Page, WireAuditEntry } from '../../shared/protocol/index.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type AccountClient, accountClient, ShiftedClock } from './rest-support.ts';

describeOnEveryStore('the audit log', (start) => {
  let clock: ShiftedClock;
  let test: TestServer;
  let admin: AccountClient;

  beforeAll(async () => {
    clock = new ShiftedClock();
    test = await start({ clock });
    admin = accountClient(test, await test.signIn());
  });
  afterAll(() => test.close());

  const list = async (query = '') =>
    (await admin.call<Page<WireAuditEntry>>('GET', `/audit-log?limit=200${query}`)).body.items;
  const verify = async () => (await admin.call<AuditVerification>('GET', '/audit-log/verify')).body;
  const file = async (format: string) => {
    const { accessToken } = await test.signIn();
    const path = `/api/v1/accounts/${admin.accountId}/audit-log/export?format=${format}`;
    const response = await fetch(`${test.url}${path}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    return { text: await response.text(), headers: response.headers };
  };

  it('begins with the account, is whole, and says where it ends', async () => {
    const first = (await list()).at(-1);
    expect(first).toMatchObject({ seq: 1, action: 'account.created', actor: { kind: 'system' } });
    const found = await verify();
    expect(found).toMatchObject({ ok: true, unchained: 0 });
    expect(found.head?.seq).toBe(found.entries);
  });

  it('is searched by actor, action, target and time', async () => {
    const made = await admin.call<{ id: string }>('POST', '/sites', { name: 'Shop' });
    await admin.call('PATCH', `/sites/${made.body.id}`, { name: 'Shop two' });
    const ofSite = await list(`&targetKind=site&targetId=${made.body.id}`);
    expect(ofSite.map(({ action }) => action)).toEqual(['site.changed', 'site.created']);
    const actor = ofSite[0]?.actor.id;
    expect(await list(`&actorId=${actor}&action=site.changed`)).toEqual([ofSite[0]]);
    expect(await list(`&actorId=nobody`)).toEqual([]);
    expect(await list(`&action=site.changed&from=2999-01-01T00:00:00Z`)).toEqual([]);
  });

  it('notes that it was read, by what, and not for whom', async () => {
    await list('&actorId=somebody');
    const [entry] = await list('&action=audit-log.read');
    expect(entry).toMatchObject({ details: { by: 'actorId' } });
    expect(JSON.stringify(entry)).not.toContain('somebody');
  });

  it('leaves as JSON and as CSV that no spreadsheet runs', async () => {
    const json = await file('json');
    const whole = JSON.parse(json.text) as { version: number; accountId: string; items: WireAuditEntry[] };
    expect(whole).toMatchObject({ version: 1, accountId: admin.accountId });
    expect(whole.items.map(({ seq }) => seq).at(-1)).toBe(1);
    const csv = await file('csv');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename=audit-log-[\d-]+\.csv$/);
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines[0]).toBe(
      '"seq","at","actorKind","actorId","action","targetKind","targetId","details","id","previous","hash"',
    );
    expect(lines.length).toBeGreaterThanOrEqual(whole.items.length);
    expect(lines.every((line) => !/(^|,)"[=+@-]/.test(line))).toBe(true);
    const [latest] = await list('&action=audit-log.exported');
    expect(latest?.details).toEqual({ format: 'csv' });
  });

  it('refuses a read that it cannot note', async () => {
    const { accessToken } = await test.signIn();
    const append = jest.spyOn(test.server.stores.audit, 'append').mockRejectedValue(new Error('down'));
    const path = `/accounts/${admin.accountId}/conversations`;
    const answer = await test.call('GET', path, undefined, accessToken).finally(() => append.mockRestore());
    expect(answer.status).toBe(500);
    expect(answer.body).not.toHaveProperty('items');
    expect((await verify()).ok).toBe(true);
  });

  it('P8 ends after its own period, and what is left still proves that it is whole', async () => {
    expect((await admin.call('PATCH', '/settings', { auditRetentionDays: 29 })).status).toBe(422);
    await admin.call('PATCH', '/settings', { auditRetentionDays: 30 });
    const before = await verify();
    clock.shift(29 * DAY_MS);
    expect(await test.server.features.auditRetention.purge()).toBe(0);
    admin = accountClient(test, await test.signIn());
    await admin.call('POST', '/sites', { name: 'Later' });
    clock.shift(2 * DAY_MS);
    expect(await test.server.features.auditRetention.purge()).toBeGreaterThanOrEqual(before.entries);
    admin = accountClient(test, await test.signIn());
    const left = await list();
    expect(left.map(({ action }) => action)).toContain('site.created');
    expect(left.map(({ action }) => action)).not.toContain('account.created');
    const after = await verify();
    expect(after).toMatchObject({ ok: true });
    expect(after.purgedUpTo).toBeGreaterThanOrEqual(before.head?.seq ?? Number.POSITIVE_INFINITY);
    expect(after.head?.seq).toBeGreaterThan(after.purgedUpTo ?? 0);
  });
});
