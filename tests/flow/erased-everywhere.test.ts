import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, resolveSecrets } from '../../config/index.ts';
import { createMasterKeyRing } from '../../server/adapters/crypto/master-key-ring.ts';
import { createNodeCipher } from '../../server/adapters/crypto/node-cipher.ts';
import { backupCommand, type CommandContext } from '../../server/compose/commands.ts';
import { openBackup, verifyBackup } from '../../server/ops/backup/read-backup.ts';
import type { Page, WireConversation } from '../../shared/protocol/index.ts';
import { collectionsOf, filesBelow, type Place, placesWith } from '../process/planted.ts';
import { type AgentClient, connect, connectAgent, TestClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { fileHeaders } from './foreign-prey.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const FIELD = { key: 'customer', label: 'Customer', category: 'customer id', searchable: true };
const TIMEOUT_MS = 120_000;
const MASTER_KEY = randomBytes(32).toString('base64');
/** Nobody listens there, so what is to be told stays in the queue. */
const HOOK = {
  ...{ name: 'CRM', url: 'http://127.0.0.1:9/', includeText: true },
  events: ['conversation.started', 'message.created', 'conversation.closed'],
};
const RULE = {
  ...{ name: 'Rule', kind: 'score', points: 1 },
  when: { fact: 'profile.customer', op: 'exists', value: true },
};
/** Pieces of a value that are looked for: the rest of a long one may lie on another page of the file. */
const PIECE_BYTES = 24;

const WORDS = [
  'message',
  'note',
  'reply',
  'field',
  'page',
  'comment',
  'tag',
  'case',
  'file',
  'agent',
] as const;
type Words = Readonly<Record<(typeof WORDS)[number] | 'address', string>>;

/** Somebody who chatted, and all that an attacker knows of it who had everything before the erasure, keys too. */
interface Person {
  readonly admin: AccountClient;
  readonly sessionId: string;
  readonly conversationId: string;
  readonly words: Words;
  /** Bytes by which what is kept of them would be known again, by where they come from. */
  readonly bytes: Readonly<Record<string, readonly Buffer[]>>;
  /** The keyed hash of their value. */
  readonly lookup: string;
  leave(): void;
}

describeOnEveryStore('an attacker who knows everything that was there', (start) => {
  let test: TestServer;
  let owner: AccountClient & { token: string };
  let backups: string;
  let made = 0;
  const agents = new Map<string, AgentClient>();

  beforeAll(async () => {
    const env = { WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'true', WEBHOOK_ALLOW_HTTP: 'true', TRUST_PROXY: '1' };
    test = await start({ env: { ...env, ENCRYPTION_MASTER_KEY: MASTER_KEY } });
    const signIn = await test.signIn();
    owner = { ...accountClient(test, signIn), token: signIn.accessToken };
    backups = mkdtempSync(join(tmpdir(), 'engagement-backup-'));
    await setUp(owner, test.admin);
  }, TIMEOUT_MS);
  afterAll(async () => {
    for (const agent of agents.values()) agent.close();
    await test.close();
    rmSync(backups, { recursive: true, force: true });
  });

  async function setUp(admin: AccountClient, credentials: { email: string; password: string }) {
    const engagement = { recordings: { samplePercent: 100, retentionDays: 7 } };
    await admin.call('PATCH', '/settings', { dpa: { customFields: [FIELD] }, engagement });
    expect((await admin.call('POST', '/webhooks', HOOK)).status).toBe(201);
    expect((await admin.call('POST', '/engagement-rules', RULE)).status).toBe(201);
    const agent = await connectAgent(test, credentials);
    await agent.emit('presence:set', { status: 'online', capacity: 20 });
    agents.set(admin.accountId, agent);
  }

  async function personOf(admin: AccountClient, siteKey: string): Promise<Person> {
    const agent = agents.get(admin.accountId) as AgentClient;
    const n = ++made;
    const words = {
      ...(Object.fromEntries(
        WORDS.map((word) => [word, `${word}x${randomBytes(9).toString('hex')}`]),
      ) as Words),
      address: `203.0.113.${100 + n}`,
    };
    const { token, sessionId } = await test.openVisitorSession(undefined, siteKey);
    const from = { userAgent: words.agent, address: words.address };
    const visitor = new TestClient<never, never>(await connect(`${test.url}/visitor`, { token }, from));
    const told = async (
      who: { emitRaw: TestClient<never, never>['emitRaw'] },
      name: string,
      payload: object,
    ) => {
      const ack = await who.emitRaw(name, payload);
      expect([name, ack.ok]).toEqual([name, true]);
      return (ack as { data: { conversationId: string } }).data;
    };
    await told(visitor, 'page:view', { url: `https://shop.example/${words.page}`, title: words.page });
    await told(visitor, 'profile:update', { fields: { customer: words.field } });
    const { conversationId } = await told(visitor, 'chat:start', {});
    await told(visitor, 'message:send', { conversationId, clientId: '1', text: words.message });
    await told(agent, 'message:send', { conversationId, clientId: '2', text: words.reply });
    await told(agent, 'note:add', { conversationId, clientId: '3', text: words.note });
    await told(agent, 'chat:tag', { conversationId, tags: [words.tag] });
    await told(agent, 'chat:case', { conversationId, caseId: words.case });
    await told(visitor, 'chat:rate', { conversationId, score: 2, comment: words.comment });
    const url = `${test.url}/api/v1/visitor/conversations/${conversationId}/files`;
    const sent = await fetch(url, { method: 'POST', headers: fileHeaders(token), body: words.file });
    expect(sent.status).toBe(201);
    await settle();
    const lookup = await lookupOf(admin.accountId, words.field);
    const of = { admin, sessionId, conversationId, words, lookup, leave: () => visitor.close() };
    return { ...of, bytes: await bytesOf(of) };
  }

  /** What waits in memory is written. */
  async function settle(): Promise<void> {
    const { features, pipeline } = test.server;
    await features.visitors.keepChanged();
    await features.keeper.flush();
    await features.engagement.flush();
    await features.activity.flush();
    await pipeline.drain();
    await test.server.stores.retention.forget();
  }

  /** The entry of the index, worked out anew from the account's own key. */
  async function lookupOf(accountId: string, value: string): Promise<string> {
    const key = await test.server.pipeline.vault.namedKey(accountId, 'blind-index');
    const fieldKey = createHmac('sha256', key).update(`field\n${FIELD.key}`).digest();
    return createHmac('sha256', fieldKey).update(value.toLowerCase()).digest('hex');
  }

  async function bytesOf({ conversationId, sessionId, lookup }: Omit<Person, 'bytes'>) {
    const { stores, pipeline } = test.server;
    const { messages, attachments, dataKeys, profiles, entities } = stores;
    const deliveries = await entities.webhookDeliveries.list({ where: { conversationId }, limit: 50 });
    const [file = ''] = await attachments.list(conversationId);
    const kept: Record<string, unknown> = {
      messages: await messages
        .read({ conversationId, afterSeq: 0, limit: 50 })
        .then((all) => all.map(sealedOf)),
      files: (await attachments.read(conversationId, file)).map(sealedOf),
      profile: sealedOf(await profiles.get(conversationId)),
      visit: sealedOf(await entities.visitorRecords.get(sessionId)),
      queue: deliveries.items.map(sealedOf),
      key: [(await dataKeys.get(conversationId))?.wrapped, (await dataKeys.get(sessionId))?.wrapped],
      openedKey: [await pipeline.vault.dataKey(conversationId)],
      index: [lookup],
    };
    return Object.fromEntries(
      Object.entries(kept).map(([name, value]) => {
        const pieces = bytesIn(value);
        expect([name, pieces.length > 0]).toEqual([name, true]);
        return [name, pieces];
      }),
    );
  }

  /** Everything on disk, in the database and in the log, byte by byte. */
  async function places(): Promise<Place[]> {
    const log = { name: 'log', bytes: Buffer.from(JSON.stringify(test.logger.lines)) };
    const rows = test.mongodbUri === undefined ? [] : await collectionsOf(test.mongodbUri);
    return [...filesBelow(test.dataDir), ...rows, log];
  }

  /** What of a person is found, and where. */
  async function found({ words, bytes }: Person): Promise<Record<string, readonly string[]>> {
    const all = await places();
    const ofWords = Object.entries(words).map(([name, word]) => [name, placesWith(word, all)] as const);
    const ofBytes = Object.entries(bytes).map(([name, pieces]) => {
      const where = all.filter((place) => pieces.some((piece) => place.bytes.includes(piece)));
      return [`bytes of ${name}`, where.map((place) => place.name)] as const;
    });
    return Object.fromEntries([...ofWords, ...ofBytes].filter(([, where]) => where.length > 0));
  }

  const erasing = async (person: Person, subject: object): Promise<void> => {
    const asked = await person.admin.call<{ id: string }>('POST', '/erasures', subject);
    await test.server.features.dataRequests.whenIdle();
    const { body } = await person.admin.call('GET', `/erasures/${asked.body.id}`);
    expect(body).toMatchObject({ status: 'done', found: 1 });
  };
  const eraseChat = async ({ admin, conversationId }: Person): Promise<void> => {
    expect((await admin.call('DELETE', `/conversations/${conversationId}`)).status).toBe(200);
  };
  /** An address is no part of a transcript: it lives in its own log, for its own time. */
  const LOGGED = ['address', 'agent'];
  const EVERYTHING = [...WORDS, 'address'];

  const CASES: readonly {
    readonly what: string;
    readonly erase: (person: Person) => Promise<void>;
    readonly leaves: readonly string[];
  }[] = [
    {
      what: 'one transcript, closed',
      erase: async (person) => {
        const { conversationId } = person;
        await agents.get(person.admin.accountId)?.emit('chat:close', { conversationId });
        person.leave();
        await eraseChat(person);
      },
      leaves: LOGGED,
    },
    { what: 'one transcript, in the middle of the chat', erase: eraseChat, leaves: LOGGED },
    {
      what: 'one visitor',
      erase: (person) => erasing(person, { sessionId: person.sessionId }),
      leaves: [],
    },
    {
      what: 'one person by a field of the agreement',
      erase: (person) => erasing(person, { field: FIELD.key, value: person.words.field }),
      leaves: [],
    },
    {
      what: 'one address in the logs',
      erase: async ({ admin, words }) => {
        const { body } = await admin.call('DELETE', `/activity-logs?ip=${words.address}`);
        expect(body).toMatchObject({ deleted: 1 });
      },
      leaves: EVERYTHING.filter((word) => !LOGGED.includes(word)),
    },
    {
      what: 'one account',
      erase: async ({ admin }) => {
        await admin.call('POST', '/erasure', { confirm: 'Going' });
        await test.server.features.dataRequests.whenIdle();
        expect(await test.server.stores.entities.accounts.get(admin.accountId)).toBeUndefined();
      },
      leaves: [],
    },
  ];

  const people: Person[] = [];
  const chosen = (what: string): Person => people[CASES.findIndex((one) => one.what === what)] as Person;

  it(
    'finds, before, labels and addresses in clear and all the rest by its sealed bytes alone',
    async () => {
      const boss = { email: 'boss@example.com', password: 'a long enough password 7' };
      const account = { name: 'Going', siteKey: 'going', admin: { ...boss, name: 'Boss' } };
      await test.call('POST', '/accounts', account, owner.token);
      const going = accountClient(test, await test.signIn(boss));
      await setUp(going, boss);
      for (const { what } of CASES) {
        const there = what === 'one account';
        people.push(await personOf(there ? going : owner, there ? 'going' : test.siteKey));
      }
      for (const person of people) {
        const names = Object.keys(await found(person)).sort();
        const sealed = Object.keys(person.bytes).filter((name) => name !== 'openedKey');
        const expected = [
          'address',
          'agent',
          'case',
          'page',
          'tag',
          ...sealed.map((name) => `bytes of ${name}`),
        ];
        expect(names).toEqual(expected.sort());
      }
      await backup();
    },
    TIMEOUT_MS,
  );

  it.each(CASES)(
    'P8 finds nothing after the erasure of $what, and what is not of it still',
    async ({ what, erase, leaves }) => {
      const person = chosen(what);
      const before = await found(person);
      await erase(person);
      await settle();
      const expected = Object.keys(before).filter((name) =>
        what === 'one address in the logs' ? !LOGGED.includes(name) : leaves.includes(name),
      );
      const after = await found(person);
      expect([Object.keys(after).sort(), after]).toEqual([expected.sort(), after]);
      for (const place of LOGGED.flatMap((name) => after[name] ?? [])) expect(place).toMatch(/^activity/);
      if (what === 'one account') return;
      const query = `/conversations?field.customer=${person.words.field}`;
      const { body } = await person.admin.call<Page<WireConversation>>('GET', query);
      expect(body.items.map(({ id }) => id)).toEqual(leaves.length > 2 ? [person.conversationId] : []);
    },
    TIMEOUT_MS,
  );

  it(
    'P8 finds no key of what was erased in any backup, once the keys are backed up again',
    async () => {
      await backup('--keys-only');
      const rows = await openedRows('keys-');
      const erased = CASES.filter(({ leaves }) => leaves.length <= 2).map(({ what }) => chosen(what));
      for (const { bytes } of erased) {
        for (const piece of bytes.key ?? []) expect(holds(rows, piece)).toBe(false);
      }
      // The search does find what is there.
      const kept = chosen('one address in the logs').bytes.key ?? [];
      expect(kept.every((piece) => holds(rows, piece))).toBe(true);
      const data = await openedRows('data-');
      const words = erased.flatMap((person) => Object.entries(person.words));
      const seen = new Set(words.filter(([, word]) => data.includes(word)).map(([name]) => name));
      expect([...seen].sort()).toEqual(['case', 'page', 'tag']);
    },
    TIMEOUT_MS,
  );

  function context(): CommandContext {
    const { dataDir: DATA_DIR, mongodbUri } = test;
    const more = mongodbUri === undefined ? {} : { MONGODB_URI: mongodbUri };
    const config = loadConfig({ DATA_DIR, ...more, ENCRYPTION_MASTER_KEY: MASTER_KEY });
    const silent = { write: () => true };
    return { config, secrets: resolveSecrets(config), now: Date.now, out: silent, progress: silent };
  }
  const backup = (...more: string[]) => backupCommand(['--to', backups, ...more], context());
  /** Rows of all backups of a part, opened with the master key. */
  async function openedRows(part: string): Promise<string> {
    const cipher = createNodeCipher();
    const { masterKey } = context().secrets;
    const keyRings = [createMasterKeyRing({ current: masterKey, previous: [] }, cipher)];
    const found: string[] = [];
    for (const name of readdirSync(backups).filter((one) => one.startsWith(part))) {
      const opened = await openBackup(join(backups, name), { cipher, keyRings });
      await verifyBackup(opened, async ({ rows }) => void found.push(...rows));
    }
    return found.join('\n');
  }
});

/** What is sealed of a record, whatever its store calls it. */
function sealedOf(record: object | undefined): unknown {
  if (record === undefined) return undefined;
  const parts = Object.entries(record).filter(([name]) => /^(sealed|bytes|ciphertext)$/.test(name));
  return parts.map(([, value]) => value);
}

/** The first piece of every run of bytes in a value; a text stands as it is and as the bytes that it is base64 of. */
function bytesIn(value: unknown): Buffer[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).subarray(0, PIECE_BYTES)];
  if (typeof value === 'string') return [Buffer.from(value.slice(0, PIECE_BYTES))];
  return Array.isArray(value) ? value.flatMap(bytesIn) : [];
}

/** Rows have bytes in base64. */
function holds(rows: string, piece: Buffer): boolean {
  return rows.includes(piece.toString('base64'));
}
