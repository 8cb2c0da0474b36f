import { randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { loadConfig, resolveSecrets } from '../../config/index.ts';
import { SystemClock } from '../../server/adapters/system/system-clock.ts';
import { openStores } from '../../server/compose/stores.ts';
import { composeVault } from '../../server/compose/vault.ts';
import type { KeyVault } from '../../server/pipeline/key-vault.ts';
import type { WireDataRequest } from '../../shared/protocol/index.ts';
import { INSPECTED, LiveMemory } from './live-memory.ts';
import { callRest, openVisitorSession, readTranscript, type StaffSession, signIn } from './rest-client.ts';
import type { ServerProcess } from './server-process.ts';
import { ADMIN, describeOnStoredData, SITE_KEY, type StoredData } from './stored-server.ts';

const TEST_TIMEOUT_MS = 180_000;
const LOOK_EVERY_MS = 20;
const FIELD = { key: 'customer', label: 'Customer', category: 'customer id', searchable: true };
/** So that values are compared, and what was made of them is remembered. */
const RULE = {
  ...{ name: 'Rule', kind: 'score', points: 1 },
  when: {
    any: [
      { fact: 'page.url', op: 'contains', value: 'nothing-there' },
      { fact: 'profile.customer', op: 'contains', value: 'nobody' },
    ],
  },
};
const marker = (what: string): string => `${what}-${randomBytes(9).toString('hex')}`;
/** As a socket gives it back. */
type Ack = { readonly ok: boolean; readonly data: Readonly<Record<string, unknown>> };

/** Somebody who chatted, what they told, and what the server has of it. */
interface Person {
  readonly socket: Socket;
  readonly sessionId: string;
  readonly conversationId: string;
  readonly texts: Readonly<Record<'message' | 'field' | 'page' | 'reply' | 'note' | 'comment', string>>;
  /** Of the conversation, opened. */
  readonly key: Buffer;
}

/** Where people chat, and who works there. */
interface Place {
  readonly staff: StaffSession;
  readonly agent: Socket;
  readonly siteKey: string;
}

describeOnStoredData('the memory of a running server', (newData) => {
  const masterKey = randomBytes(32).toString('base64');
  let data: StoredData;
  let server: ServerProcess;
  let home: Place;
  let memory: LiveMemory;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    data = newData();
    server = await data.start({ ENCRYPTION_MASTER_KEY: masterKey }, INSPECTED);
    memory = await LiveMemory.of(server);
    home = await placeOf(SITE_KEY, ADMIN);
  }, TEST_TIMEOUT_MS);
  afterAll(async () => {
    memory.close();
    for (const socket of sockets) socket.disconnect();
    await data.remove();
  });

  function connect(namespace: string, auth: object): Socket {
    const options = { auth, transports: ['websocket'], forceNew: true, reconnection: false };
    const socket = io(`${server.url}${namespace}`, options);
    sockets.push(socket);
    return socket;
  }
  async function emit(socket: Socket, name: string, payload: object): Promise<Ack['data']> {
    const ack: Ack = await socket.timeout(20_000).emitWithAck(name, payload);
    if (!ack.ok) throw new Error(`${name} was refused: ${JSON.stringify(ack)}`);
    return ack.data;
  }
  const rest = <Body>(
    { staff }: Pick<Place, 'staff'>,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ) =>
    callRest<Body>(server.url, {
      ...{ method, path: `/accounts/${staff.accountId}${path}`, token: staff.token },
      ...(body !== undefined && { body }),
    });

  /** An account with a field, a rule and an agent who works. */
  async function placeOf(siteKey: string, credentials: typeof ADMIN): Promise<Place> {
    const staff = await signIn(server.url, credentials);
    const { accountId, token } = staff;
    await rest({ staff }, 'PATCH', '/settings', { dpa: { customFields: [FIELD] } });
    await rest({ staff }, 'POST', '/engagement-rules', RULE);
    const agent = connect('/agent', { token, accountId });
    await emit(agent, 'presence:set', { status: 'online', capacity: 20 });
    return { staff, agent, siteKey };
  }

  async function person({ staff, agent, siteKey }: Place): Promise<Person> {
    const { token, sessionId } = await openVisitorSession(server.url, siteKey);
    const socket = connect('/visitor', { token });
    const names = ['message', 'field', 'page', 'reply', 'note', 'comment'] as const;
    const texts = Object.fromEntries(names.map((name) => [name, marker(name)])) as Person['texts'];
    await emit(socket, 'page:view', { url: `https://shop.example/${texts.page}`, title: texts.page });
    await emit(socket, 'profile:update', { fields: { customer: texts.field } });
    const { conversationId } = (await emit(socket, 'chat:start', {})) as { conversationId: string };
    await emit(socket, 'typing', { conversationId, active: true, text: texts.message });
    await emit(socket, 'message:send', { conversationId, clientId: '1', text: texts.message });
    await emit(agent, 'message:send', { conversationId, clientId: '2', text: texts.reply });
    await emit(agent, 'note:add', { conversationId, clientId: '3', text: texts.note });
    await emit(agent, 'chat:resume', { conversationId, afterSeq: 0 });
    await emit(socket, 'chat:rate', { conversationId, score: 2, comment: texts.comment });
    await readTranscript(server.url, staff, conversationId);
    return { socket, sessionId, conversationId, texts, key: await openedKey(conversationId) };
  }

  async function otherPlace(): Promise<Place> {
    const credentials = { email: 'boss@example.com', password: 'a long enough password 7' };
    const body = { name: 'Other', siteKey: 'other', admin: { ...credentials, name: 'Boss' } };
    await callRest(server.url, { path: '/accounts', body, token: home.staff.token });
    return placeOf('other', credentials);
  }

  const openedKey = (conversationId: string): Promise<Buffer> =>
    withVault(async (vault) => Buffer.from((await vault.dataKey(conversationId)) ?? []));
  /** Those of an account that stay open while it is there. */
  const accountKeys = ({ staff: { accountId } }: Place): Promise<Buffer[]> =>
    withVault(async (vault) => {
      const { key } = await vault.newestAccountKey(accountId);
      return [Buffer.from(key), Buffer.from(await vault.namedKey(accountId, 'blind-index'))];
    });

  /** As somebody opens keys who has the store and the master key. */
  async function withVault<Answer>(work: (vault: KeyVault) => Promise<Answer>): Promise<Answer> {
    const { DATA_DIR = '', MONGODB_URI } = data.env;
    const mongo = MONGODB_URI === undefined ? {} : { MONGODB_URI };
    const config = loadConfig({ DATA_DIR, ...mongo, ENCRYPTION_MASTER_KEY: masterKey });
    const stores = await openStores(config, 'beside');
    try {
      const of = { stores, secrets: resolveSecrets(config), clock: new SystemClock() };
      return await work(composeVault(of).vault);
    } finally {
      await stores.close();
    }
  }

  /** Asks for an erasure and waits until it is done. */
  async function erasing(path: string, body: object): Promise<void> {
    const { token } = home.staff;
    let request = await callRest<WireDataRequest>(server.url, { path, body, token });
    while (request.status !== 'done') {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      request = await callRest<WireDataRequest>(server.url, { path: `${path}/${request.id}`, token });
    }
  }

  it(
    'P8 has nothing more of what was erased: no text, no value, no key that is open',
    async () => {
      const closed = await person(home);
      await emit(closed.socket, 'chat:end', { conversationId: closed.conversationId });
      const running = await person(home);
      const visitor = await person(home);
      const subject = await person(home);
      const other = await otherPlace();
      const people = { closed, running, visitor, subject, account: await person(other) };
      const texts = Object.values(people).flatMap((one) => Object.values(one.texts));
      const ofAccount = await accountKeys(other);
      const keys = [...Object.values(people).map(({ key }) => key), ...ofAccount];
      // The search does find what is there.
      expect(await memory.textsOf([running.texts.message, running.texts.field])).toHaveLength(2);
      const open = [running.key, ...ofAccount];
      expect(await memory.bytesOf([...open, randomBytes(32)])).toEqual(open);

      await rest(home, 'DELETE', `/conversations/${closed.conversationId}`);
      await rest(home, 'DELETE', `/conversations/${running.conversationId}`);
      const erasures = `/accounts/${home.staff.accountId}/erasures`;
      await erasing(erasures, { sessionId: visitor.sessionId });
      await erasing(erasures, { field: FIELD.key, value: subject.texts.field });
      await erasing('/account-erasures', { accountId: other.staff.accountId, confirm: 'Other' });

      const left = [
        await memory.textsOf(texts),
        (await memory.bytesOf(keys)).map((key) => keys.indexOf(key)),
      ];
      expect(left).toEqual([[], []]);
    },
    TEST_TIMEOUT_MS,
  );
});
