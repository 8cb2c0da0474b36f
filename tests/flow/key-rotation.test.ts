import { randomBytes } from 'node:crypto';
import { INSTANCE, type KeyRotation } from '../../server/domain/index.ts';
import { WrongKeyError } from '../../server/ports/index.ts';
import type {
  WireAccountKeys,
  WireKeyRotation,
  WireMasterKeys,
  WireTranscript,
} from '../../shared/protocol/index.ts';
import { connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';

const CHATS = 5;
const key = () => randomBytes(32).toString('base64');

describeOnEveryStore('rotation of keys', (start) => {
  let test: TestServer;
  let token: string;
  let accountId: string;
  const old = key();
  beforeAll(async () => {
    test = await start({ env: { ENCRYPTION_MASTER_KEY: old } });
    await signIn();
  });
  afterAll(() => test.close());

  const restart = async (env: Record<string, string>): Promise<void> => {
    const { dataDir } = test;
    await test.close({ keepData: true });
    test = await start({ dataDir, env });
    await signIn();
  };
  const signIn = async () => {
    ({ accessToken: token, accountId } = await test.signIn());
  };
  const get = async <T>(path: string) => (await test.call<T>('GET', path, undefined, token)).body;
  const chat = async (text: string): Promise<string> => {
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', { prechat: { name: text } });
    await visitor.emit('message:send', { conversationId, clientId: '1', text });
    visitor.close();
    return conversationId;
  };
  const chats = () => Promise.all(Array.from({ length: CHATS }, (_, index) => chat(`text ${index}`)));
  const textsOf = async (id: string): Promise<readonly string[]> => {
    const path = `/accounts/${accountId}/conversations/${id}?include=messages,profile`;
    const { messages = [], profile } = await get<WireTranscript>(path);
    return [...messages.map(({ text }) => text), profile?.prechat.name ?? ''].filter((text) => text !== '');
  };
  const finished = async (): Promise<void> => test.server.features.keyRotations.whenIdle();
  const keysOfAccount = () => get<WireAccountKeys>(`/accounts/${accountId}/keys`);

  it('gives an account a new key while chats go on, start and are erased, and retires the old one', async () => {
    const ids = await chats();
    const secret = await test.server.pipeline.vault.namedKey(accountId, 'index');
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    const write = async (): Promise<void> => {
      for (let index = 0; index < 10; index += 1) {
        await visitor.emit('message:send', { conversationId, clientId: `w${index}`, text: `line ${index}` });
      }
    };
    const path = `/accounts/${accountId}/key-rotations`;
    const erased = ids.pop() ?? '';
    const [started, , late] = await Promise.all([
      test.call<WireKeyRotation>('POST', path, undefined, token),
      write(),
      chat('late'),
      test.call('DELETE', `/accounts/${accountId}/conversations/${erased}`, undefined, token),
    ]);
    expect(started).toMatchObject({ status: 201, body: { status: 'running', target: '2' } });
    await finished();
    visitor.close();

    const rotation = await get<WireKeyRotation>(`${path}/${started.body.id}`);
    expect(rotation).toMatchObject({ status: 'done', failed: 0, finishedAt: expect.any(String) });
    const { versions, namedKeys } = await keysOfAccount();
    expect(versions).toMatchObject([{ version: 2, current: true }]);
    expect(versions[0]?.dataKeys).toBeGreaterThanOrEqual(CHATS - 1 + 2);
    expect(namedKeys).toMatchObject([{ purpose: 'index', version: 2 }]);
    expect(await test.server.pipeline.vault.namedKey(accountId, 'index')).toEqual(secret);
    for (const id of [...ids, late]) {
      test.server.pipeline.lanes.drop(id);
      expect(await textsOf(id)).toHaveLength(2);
    }
    test.server.pipeline.lanes.drop(conversationId);
    expect(await textsOf(conversationId)).toHaveLength(10);
    expect(await test.server.stores.dataKeys.get(erased)).toBeUndefined();
    const audit = await get<{ items: { action: string }[] }>(`/accounts/${accountId}/audit-log`);
    const actions = audit.items.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['key-rotation.started', 'key-rotation.finished']));
  });

  it('takes up a rotation that was cut off, and refuses a second one meanwhile', async () => {
    const ids = await chats();
    // As a kill leaves it: the new version is there, one key is under it, and nobody works on the rest.
    const { vault } = test.server.pipeline;
    const version = (await vault.newestAccountKey(accountId)).version + 1;
    await vault.createAccountKey(accountId, version);
    const older = await test.server.stores.dataKeys.wrappedBefore({ accountId, version, limit: 200 });
    const [first] = older;
    if (first !== undefined) await vault.rewrapDataKey(first);
    const rotation: KeyRotation = {
      ...{ id: 'cut-off', accountId, slot: accountId, version: 1, createdAt: 1, updatedAt: 1 },
      ...{ status: 'running', startedBy: 'command', target: String(version) },
      ...{ total: older.length, rewrapped: 1, failed: 0 },
    };
    await test.server.stores.entities.keyRotations.insert(rotation);
    const again = await test.call('POST', `/accounts/${accountId}/key-rotations`, undefined, token);
    expect(again).toMatchObject({ status: 409, body: { code: 'already_exists' } });

    await restart({ ENCRYPTION_MASTER_KEY: old });
    await finished();
    const ended = await get<WireKeyRotation>(`/accounts/${accountId}/key-rotations/cut-off`);
    expect(ended.status).toBe('done');
    expect(ended.rewrapped).toBeGreaterThanOrEqual(older.length);
    const { versions } = await keysOfAccount();
    expect(versions.map((one) => one.version)).toEqual([version]);
    // What visitors do is kept under keys of its own, from a while after they came.
    expect(versions[0]?.dataKeys).toBeGreaterThanOrEqual(CHATS);
    for (const id of ids) expect(await textsOf(id)).toHaveLength(2);
  });

  it('changes the master key: the old one opens until all is under the new one, and is not needed then', async () => {
    const next = key();
    const [id] = await chats();
    const signing = await test.server.pipeline.vault.namedKey(INSTANCE, 'signing');
    const { dataDir } = test;
    await restart({ ENCRYPTION_MASTER_KEY: next, ENCRYPTION_PREVIOUS_MASTER_KEYS: old });
    const before = await get<WireMasterKeys>('/keys');
    expect(before.items).toMatchObject([
      { current: true, available: true, accountKeys: 0, namedKeys: 0 },
      { current: false, available: true, accountKeys: 1 },
    ]);
    const started = await test.call<WireKeyRotation>('POST', '/key-rotations', undefined, token);
    expect(started.status).toBe(201);
    await finished();
    expect(await get(`/key-rotations/${started.body.id}`)).toMatchObject({ status: 'done', failed: 0 });
    const after = await get<WireMasterKeys>('/keys');
    expect(after.items[1]).toMatchObject({ accountKeys: 0, namedKeys: 0 });

    await restart({ ENCRYPTION_MASTER_KEY: next });
    expect(await textsOf(id ?? '')).toHaveLength(2);
    expect(await test.server.pipeline.vault.namedKey(INSTANCE, 'signing')).toEqual(signing);
    await test.close({ keepData: true });
    await expect(start({ dataDir, env: { ENCRYPTION_MASTER_KEY: old } })).rejects.toThrow(WrongKeyError);
    test = await start({ dataDir, env: { ENCRYPTION_MASTER_KEY: next } });
    await signIn();
  });

  it('leaves what it cannot open, with the key that it is under, and says how many', async () => {
    const [broken, good] = await chats();
    const { dataKeys } = test.server.stores;
    const record = await dataKeys.get(broken ?? '');
    const version = record?.accountKeyVersion ?? 0;
    if (record !== undefined) await dataKeys.rewrap({ ...record, wrapped: randomBytes(60) }, version);
    await test.call('POST', `/accounts/${accountId}/key-rotations`, undefined, token);
    await finished();
    const { items } = await get<{ items: WireKeyRotation[] }>(`/accounts/${accountId}/key-rotations`);
    expect(items[0]).toMatchObject({ status: 'done', failed: 1 });
    expect(items[0]?.rewrapped).toBe((items[0]?.total ?? 0) - 1);
    const { versions } = await keysOfAccount();
    expect(versions).toMatchObject([
      { version, current: false, dataKeys: 1 },
      { version: version + 1, current: true },
    ]);
    expect(versions[1]?.dataKeys).toBeGreaterThanOrEqual(CHATS - 1);
    expect(await textsOf(good ?? '')).toHaveLength(2);
  });

  it('P6: shows the keys of the deployment to operators alone', async () => {
    const other = {
      email: 'other@example.com',
      name: 'Other',
      password: 'mossy lantern under seven bridges',
    };
    await test.call('POST', '/accounts', { name: 'Other', admin: other }, token);
    const stranger = await test.signIn({ email: other.email, password: other.password });
    for (const [method, path] of [
      ['GET', '/keys'],
      ['POST', '/key-rotations'],
      ['GET', '/key-rotations'],
      ['GET', '/key-rotations/x'],
    ] as const) {
      const answer = await test.call(method, path, undefined, stranger.accessToken);
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });
});
