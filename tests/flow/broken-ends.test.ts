import type { User } from '../../server/domain/index.ts';
import { StoreError } from '../../server/ports/index.ts';
import { connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { TestServer } from '../support/server.ts';
import { until } from './redaction-support.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const PASSWORD = 'a long enough password 7';

/** What a store that is gone answers once; what comes after is not done, as when the process is gone. */
const gone = () => Promise.reject(new StoreError('gone'));

describeOnEveryStore('an end that is broken off in the middle', (start) => {
  let clock: FakeClock;
  let test: TestServer;
  let admin: AccountClient;
  let made = 0;

  beforeAll(async () => {
    clock = new FakeClock(Date.now());
    test = await start({ clock });
    admin = accountClient(test, await test.signIn());
  });
  afterAll(() => test.close());
  afterEach(() => jest.restoreAllMocks());

  async function startAgain(): Promise<void> {
    await test.close({ keepData: true });
    test = await start({ clock, dataDir: test.dataDir });
    admin = accountClient(test, await test.signIn());
  }
  const entities = () => test.server.stores.entities;
  /** Somebody who works here, with a token, a second factor and a provider's sign-in. */
  async function member(of = admin): Promise<User> {
    const credentials = { email: `member-${++made}@example.com`, password: PASSWORD };
    const roles = ['account-administrator'];
    const { body } = await of.call<{ id: string }>('POST', '/users', { ...credentials, name: 'M', roles });
    const mine = accountClient(test, await test.signIn(credentials));
    await mine.call('POST', '/api-tokens', { name: 'Mine', scopes: ['site:read'] });
    const user = await entities().users.get(body.id);
    if (user === undefined) throw new Error('was made');
    const record = { version: 1, createdAt: clock.now(), updatedAt: clock.now() };
    const link = { id: `link-${made}`, userId: user.id, subjectHash: `hash-${made}`, provider: 'p' };
    await entities().identityLinks.insert({ ...record, ...link } as never);
    return user;
  }
  const leftOf = async ({ id, email }: User) => {
    const { users, apiTokens, identityLinks, refreshFamilies } = entities();
    const [links, tokens, families] = await Promise.all([
      identityLinks.list({ where: { userId: id }, limit: 5 }),
      apiTokens.list({ where: { createdBy: id }, limit: 5 }),
      refreshFamilies.list({ where: { userId: id }, limit: 5 }),
    ]);
    const found = [await users.get(id), await users.findBy('email', email)];
    return [...found, ...links.items, ...tokens.items, ...families.items].filter((one) => one !== undefined);
  };

  it('is finished by itself when a person was taken out of their only account', async () => {
    const user = await member();
    expect(await leftOf(user)).toHaveLength(5);
    jest.spyOn(entities().secondFactors, 'delete').mockImplementationOnce(gone);
    expect((await admin.call('DELETE', `/users/${user.id}`)).status).toBeGreaterThanOrEqual(500);
    expect(await leftOf(user)).not.toEqual([]);
    // One that is under way is left to who does it.
    await test.server.features.userEnd.finishBroken();
    expect(await leftOf(user)).not.toEqual([]);
    await clock.leap(60_000);
    await test.server.features.userEnd.finishBroken();
    expect(await leftOf(user)).toEqual([]);
  });

  it('is finished by asking again when the membership was not gone yet', async () => {
    const user = await member();
    jest.spyOn(entities().users, 'replace').mockImplementationOnce(gone);
    expect((await admin.call('DELETE', `/users/${user.id}`)).status).toBeGreaterThanOrEqual(500);
    expect((await admin.call('DELETE', `/users/${user.id}`)).status).toBe(204);
    expect(await leftOf(user)).toEqual([]);
    const { body } = await admin.call<{ items: { target?: object }[] }>(
      'GET',
      '/audit-log?action=user.removed',
    );
    expect(body.items[0]?.target).toEqual({ kind: 'user', id: user.id });
  });

  it('does not begin for the last administrator, who keeps their tokens', async () => {
    const owner = await test.signIn();
    await admin.call('POST', '/api-tokens', { name: 'Kept', scopes: ['site:read'] });
    const refused = await admin.call('DELETE', `/users/${owner.user.id}`);
    expect(refused.body).toMatchObject({ code: 'user.last_administrator' });
    const tokens = await entities().apiTokens.list({ where: { createdBy: owner.user.id }, limit: 5 });
    expect(tokens.items).toHaveLength(1);
  });

  it('is finished after the next start when one transcript was being erased, and certified', async () => {
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'hello' });
    visitor.close();
    jest.spyOn(test.server.stores.messages, 'deleteConversation').mockImplementationOnce(gone);
    const asked = await admin.call('DELETE', `/conversations/${conversationId}`);
    expect(asked.status).toBeGreaterThanOrEqual(500);
    await startAgain();
    const { conversations, messages, dataKeys } = test.server.stores;
    expect(await dataKeys.get(conversationId)).toBeUndefined();
    expect(await conversations.get(admin.accountId, conversationId)).toBeDefined();
    await test.server.features.erasure.finishBroken();
    expect(await messages.last(conversationId)).toBeDefined();
    await clock.leap(60_000);
    const [certificate] = await until(
      async () =>
        (await admin.call<{ items: { statement: object }[] }>('GET', '/erasure-certificates')).body.items,
      (items) => items.length > 0,
    );
    expect(await conversations.get(admin.accountId, conversationId)).toBeUndefined();
    expect(await messages.last(conversationId)).toBeUndefined();
    expect(certificate?.statement).toMatchObject({
      ...{ scope: { kind: 'conversation', conversationId }, erasedBy: { kind: 'system' } },
      counts: { conversations: 1, messages: 1 },
    });
  });

  it.each(['users', 'identityLinks', 'sites', 'accounts', 'erasureCertificates'] as const)(
    'is finished by the next start when an account was being erased: %s',
    async (kind) => {
      const boss = { email: `boss-${++made}@example.com`, name: 'Boss', password: PASSWORD };
      const owner = await test.signIn();
      const account = { name: `Ending ${kind}`, admin: boss };
      const { body } = await test.call('POST', '/accounts', account, owner.accessToken);
      const accountId = String(body.id);
      const theirs = accountClient(test, await test.signIn({ email: boss.email, password: PASSWORD }));
      const user = await member(theirs);
      const method =
        kind === 'erasureCertificates' ? 'insert' : kind === 'identityLinks' ? 'deleteWhere' : 'delete';
      jest.spyOn(entities()[kind], method as never).mockImplementationOnce(gone as never);
      const asked = { accountId, confirm: account.name };
      const begun = await test.call('POST', '/account-erasures', asked, owner.accessToken);
      await test.server.features.dataRequests.whenIdle();
      jest.restoreAllMocks();
      await clock.leap(61_000);
      await startAgain();
      await test.server.features.dataRequests.whenIdle();
      expect(await leftOf(user)).toEqual([]);
      expect(await entities().users.findBy('email', boss.email)).toBeUndefined();
      expect((await entities().sites.list({ where: { accountId }, limit: 5 })).items).toEqual([]);
      expect(await entities().accounts.get(accountId)).toBeUndefined();
      expect(await test.server.stores.accountKeys.newest(accountId)).toBeUndefined();
      const { accessToken } = await test.signIn();
      const done = await test.call('GET', `/account-erasures/${begun.body.id}`, undefined, accessToken);
      expect(done.body).toMatchObject({ status: 'done' });
      const id = String(done.body.certificateId);
      const proof = await test.call('GET', `/account-erasure-certificates/${id}`, undefined, accessToken);
      expect(proof.status).toBe(200);
    },
  );
});
