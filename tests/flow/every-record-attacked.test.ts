import { loadConfig, resolveSecrets } from '../../config/index.ts';
import { SystemClock } from '../../server/adapters/system/system-clock.ts';
import { type Guarded, openGuardedStores } from '../../server/compose/guarded-stores.ts';
import { recordsCommand } from '../../server/compose/records-command.ts';
import { type Entity, visitorKeyName } from '../../server/domain/index.ts';
import { ENTITY_SPECS, type EntityStore } from '../../server/ports/index.ts';
import { type SentMessage, UPLOAD_HEADERS, type WireRedactionRescan } from '../../shared/protocol/index.ts';
import { type AgentClient, connectAgent, connectVisitor, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import type { TestServer } from '../support/server.ts';
import {
  flipped,
  isSame,
  type Row,
  type Snapshot,
  snapshotOf,
  type Vandal,
  vandalOf,
} from '../support/vandal.ts';
import { type RedactionAdmin, redactionAdmin, until } from './redaction-support.ts';

jest.setTimeout(240_000);

type Kind = keyof typeof ENTITY_SPECS;
const KINDS = Object.keys(ENTITY_SPECS) as Kind[];
const tableOf = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** Accounts are made as they are: each has an audit log. */
const PLANTED = KINDS.filter((kind) => kind !== 'accounts');
const KIND_OF = new Map(KINDS.map((kind) => [tableOf(kind), kind]));
const ADDRESS = 'maja.lindqvist@post.example';
const LATER = Date.UTC(2030, 0, 1);

describeOnEveryStore('every record that is stored, attacked', (start) => {
  let test: TestServer;
  let admin: RedactionAdmin;
  let agent: AgentClient;
  let visitor: VisitorClient;
  let accessToken: string;
  let vandal: Vandal;
  /** Another process on the same store, that has written nothing. */
  let beside: Guarded;
  let chats: { readonly id: string; readonly fileId: string }[];
  let older: Snapshot;
  let whole: Snapshot;

  beforeAll(async () => {
    test = await start();
    admin = await redactionAdmin(test);
    await admin.builtin('email', { enabled: false });
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    vandal = await vandalOf(test);
    const config = configOf();
    const parts = { clock: new SystemClock(), logger: new RecordingLogger(), metrics: { count: () => {} } };
    beside = await openGuardedStores({ config, secrets: resolveSecrets(config), use: 'beside', ...parts });
    accessToken = (await test.signIn()).accessToken;
    await live();
    await plantEntities();
    await settle();
    older = await snapshotOf(vandal);
    await changeEverything();
    await settle();
    whole = await snapshotOf(vandal);
  });
  afterAll(async () => {
    agent.close();
    visitor.close();
    await vandal.close();
    beside.floors.close();
    await beside.raw.close();
    await test.close();
  });

  const storeOf = (kind: Kind) => test.server.stores.entities[kind] as unknown as EntityStore<Entity>;
  /** Two of each kind, made as the server makes them, of which it takes no notice. */
  const plantEntities = async () => {
    for (const kind of PLANTED) {
      const [real] = (await storeOf(kind).list({ limit: 1 })).items;
      for (const name of ['one', 'two']) await storeOf(kind).insert(planted(kind, name, real));
    }
    for (const name of ['one', 'two']) {
      const life = { retainFrom: Date.now(), expiresAt: LATER };
      const conversationId = visitorKeyName(`visitorRecords-${name}`);
      await test.server.pipeline.vault.createDataKey({ accountId: admin.accountId, conversationId, ...life });
    }
  };
  const planted = (kind: Kind, name: string, real: Entity | undefined): Entity => {
    const { unique, indexed, expires, retained } = ENTITY_SPECS[kind];
    const plain = [...unique, ...indexed].filter((field) => !field.includes('.'));
    return {
      ...(real ?? Object.fromEntries(indexed.map((field) => [field, `${field} of ${name}`]))),
      ...Object.fromEntries(
        (real === undefined ? plain : unique).map((field) => [field, `${field} ${name}`]),
      ),
      ...{ id: `${kind}-${name}`, version: 1, createdAt: Date.now(), updatedAt: Date.now() },
      ...(expires && { expiresAt: LATER }),
      ...(retained && { retainFrom: Date.now() }),
    } as Entity;
  };
  /** Two chats with texts, a form and a file, and one that is erased. */
  const live = async () => {
    visitor = await connectVisitor(test);
    chats = [];
    for (const name of ['one', 'two']) {
      const guest = name === 'one' ? visitor : await connectVisitor(test);
      await guest.emit('page:view', { url: 'https://shop.example/', title: 'Shop' });
      const { conversationId: id } = await guest.emit('chat:start', { prechat: { name, contact: ADDRESS } });
      for (const clientId of ['1', '2'])
        await guest.emit('message:send', { conversationId: id, clientId, text: `${clientId} ${ADDRESS}` });
      chats.push({ id, fileId: await upload(id, guest) });
      if (guest !== visitor) guest.close();
    }
    const owner = { email: 'owner@example.com', name: 'Owner', password: 'a long enough password' };
    const made = await test.call('POST', '/accounts', { name: 'Other', admin: owner }, accessToken);
    expect(made.status).toBe(201);
    const third = await connectVisitor(test);
    const { conversationId } = await third.emit('chat:start', {});
    third.close();
    await admin.call('DELETE', `/conversations/${conversationId}`);
  };
  const upload = async (id: string, { token }: VisitorClient): Promise<string> => {
    const response = await fetch(`${test.url}/api/v1/visitor/conversations/${id}/files`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'text/plain',
        [UPLOAD_HEADERS.fileName]: 'letter.txt',
        [UPLOAD_HEADERS.clientId]: `file of ${id}`,
      },
      body: `write to ${ADDRESS}`,
    });
    return ((await response.json()) as SentMessage).file?.id ?? '';
  };
  /** From here on a copy of each record is an older one. */
  const changeEverything = async () => {
    for (const kind of PLANTED) {
      for (const name of ['one', 'two']) {
        const standing = await storeOf(kind).get(`${kind}-${name}`);
        if (standing === undefined) throw new Error('it was planted');
        await storeOf(kind).replace({ ...standing, version: 2, updatedAt: Date.now() });
      }
    }
    await admin.call('PATCH', '/settings', { name: 'Renamed' });
    await admin.builtin('email', { enabled: true });
    const { id } = (await admin.call<WireRedactionRescan>('POST', '/redaction-rescans')).body;
    await test.server.features.rescans.whenIdle();
    expect((await admin.call<WireRedactionRescan>('GET', `/redaction-rescans/${id}`)).body.status).toBe(
      'done',
    );
    for (const chat of chats) await agent.emit('chat:tag', { conversationId: chat.id, tags: ['seen'] });
    await agent.emit('presence:set', { status: 'away', capacity: 40 });
    await test.server.features.keyRotations.start(admin.accountId, { kind: 'system' });
    await test.server.features.keyRotations.whenIdle();
    visitor.close();
    await until(
      async () => {
        await test.server.features.activity.flush();
        const { accountId } = admin;
        const { sessionId } = visitor;
        return (await test.server.stores.activity.find({ accountId, sessionId, limit: 1 })).items;
      },
      ([entry]) => entry?.disconnectedAt !== undefined,
    );
  };
  const settle = async () => {
    await test.server.pipeline.redactionCounts.flush();
    await test.server.features.activity.flush();
    await test.server.features.visitors.keepChanged();
    await test.server.features.visitorKeeper.flush();
    await test.server.pipeline.drain();
  };

  const configOf = () => {
    const uri = test.mongodbUri;
    return loadConfig({ DATA_DIR: test.dataDir, ...(uri !== undefined && { MONGODB_URI: uri }) });
  };
  /** What `npm run records -- verify` says. */
  const command = async (): Promise<string> => {
    let said = '';
    const out = {
      write: (text: string) => {
        said += text;
      },
    };
    const config = configOf();
    const context = { config, secrets: resolveSecrets(config), now: Date.now, out, progress: out };
    await recordsCommand(['verify'], context);
    return said;
  };
  /** What it finds, without the opening and closing of the store; a stop counts as a finding. */
  const verified = async (): Promise<readonly string[]> => {
    const lines: string[] = [];
    beside.vault.forgetAccount(admin.accountId);
    try {
      for await (const { kind, id, fault } of beside.faults()) lines.push(`${kind} ${id}: ${fault}`);
    } catch (error) {
      lines.push(`stopped: ${error}`);
    }
    return lines;
  };
  /** What the running server finds when it reads everything, with nothing of it in memory but presences. */
  const read = async (): Promise<readonly string[]> => {
    const { lanes, vault } = test.server.pipeline;
    const alarms = test.logger.lines.length;
    vault.forgetAccount(admin.accountId);
    for (const { id } of chats) lanes.drop(id);
    const paths = [
      ...chats.map(({ id }) => `/conversations/${id}?include=messages,profile`),
      ...chats.map(({ id, fileId }) => `/conversations/${id}/files/${fileId}`),
      '/activity-logs?ip=127.0.0.1',
    ];
    const failed: string[] = [];
    for (const path of paths) {
      const status = await statusOf(path);
      if (status >= 400) failed.push(`${path.replace(/[\w-]{20,}/g, ':id')} ${status}`);
    }
    const audit = await admin.call<{ ok: boolean }>('GET', '/audit-log/verify');
    if (audit.body.ok !== true) failed.push(`audit log ${JSON.stringify(audit.body)}`);
    await test.server.stores.presence.list(admin.accountId);
    return [...failed, ...alarmsSince(alarms)];
  };
  const alarmsSince = (line: number): readonly string[] =>
    test.logger.lines
      .slice(line)
      .flatMap(({ message }) => (message.includes('integrity check') ? ['alarm'] : []));
  const statusOf = async (path: string): Promise<number> => {
    const url = `${test.url}/api/v1/accounts/${admin.accountId}${path}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
    await response.arrayBuffer();
    return response.status;
  };
  /** What is read needs no look when the check has found something. */
  const found = async (): Promise<readonly string[]> => {
    const lines = await verified();
    return lines.length > 0 ? lines : read();
  };

  /** What is found while the rows stand so; then everything is as it was. */
  const foundWith = async (planned: readonly Change[]): Promise<readonly string[]> => {
    const changes = await Promise.all(planned.map(asOfNow));
    const told = test.logger.lines.length;
    for (const { table, from } of changes) await vandal.remove(table, from);
    for (const { table, to } of changes) if (to !== undefined) await vandal.put(table, to);
    const faults = [...(await found()), ...alarmsSince(told)];
    for (const { table, from, to } of changes)
      if (to !== undefined && !(table === PUT_RIGHT && isSameAgent(from, to))) await vandal.remove(table, to);
    for (const { table, from } of changes) if (table !== PUT_RIGHT) await vandal.put(table, from);
    return faults;
  };
  /** What the server has put right since stands otherwise than when the attack was planned. */
  const asOfNow = async ({ table, from, to }: Change): Promise<Change> => {
    if (table !== PUT_RIGHT) return { table, from, to };
    const now = [...(await vandal.rows(table)).values()].find((row) => isSameAgent(row, from)) ?? from;
    const changed = Object.entries(to ?? {}).filter(
      ([name, value]) => !isSame({ value }, { value: from[name] }),
    );
    return { table, from: now, to: to && { ...now, ...Object.fromEntries(changed) } };
  };
  /** Names of those attacks that nothing was found of. Entities are told of by name, so many are attacked at once. */
  const unnoticed = async (attacks: readonly Attack[]): Promise<readonly string[]> => {
    const missed: string[] = [];
    const alone = attacks.filter(({ table }) => !isApart(table));
    for (const { table, name, changes } of alone)
      if ((await foundWith(changes)).length === 0) missed.push(`${table}: ${name}`);
    const waiting = tables().map((table) => attacks.filter((one) => one.table === table && isApart(table)));
    for (let round = 0; waiting.some((ofTable) => ofTable.length > round); round += 1) {
      const now = waiting.flatMap((ofTable) => ofTable[round] ?? []);
      const lines = await foundWith(now.flatMap(({ changes }) => changes));
      for (const { table, name } of now) {
        if (!lines.some((line) => line.startsWith(`${KIND_OF.get(table)} `)))
          missed.push(`${table}: ${name}`);
      }
    }
    return missed;
  };
  const isApart = (table: string) => KIND_OF.has(table) && table !== 'accounts';
  const rowsOf = (table: string): readonly Row[] => [...(whole.get(table)?.values() ?? [])];
  const tables = () => [...whole.keys()].filter((table) => table !== RESTORING);
  /** The last one; of the keys, one that every deployment has. */
  const victimOf = (table: string): Row | undefined =>
    rowsOf(table).find(({ purpose }) => purpose === 'records') ?? rowsOf(table).at(-1);

  it('holds something of everything, and finds nothing while nobody attacks it', async () => {
    expect(tables().filter((table) => rowsOf(table).length === 0)).toEqual([]);
    expect(KINDS.filter((kind) => !whole.has(tableOf(kind)))).toEqual([]);
    expect(await command()).toBe('every record is what was written\n');
    expect(await found()).toEqual([]);
  });

  it('flip: finds anything that was changed in a record', async () => {
    const attacks = tables().flatMap((table) => {
      const row = victimOf(table) ?? {};
      return spotsOf(row)
        .filter(([name]) => !isFree(table, name))
        .map(([name, to]) => ({ table, name, changes: [{ table, from: row, to }] }));
    });
    expect(await unnoticed(attacks)).toEqual([]);
  });

  it('swap: finds two records that changed places', async () => {
    const attacks: Attack[] = [];
    for (const table of tables()) {
      const [one, two] = [rowsOf(table).at(-2), rowsOf(table).at(-1)];
      const places = PLACES.get(table) ?? (await vandal.keyOf(table));
      const keyed = (row: Row, of: Row) => ({
        ...row,
        ...Object.fromEntries(places.filter((name) => name in of).map((name) => [name, of[name]])),
      });
      // A row that is all key has nothing to exchange.
      if (one === undefined || two === undefined || isSame(keyed(one, two), two)) continue;
      const changes = [
        { table, from: one, to: keyed(two, one) },
        { table, from: two, to: keyed(one, two) },
      ];
      attacks.push({ table, name: 'swapped', changes });
    }
    expect(await unnoticed(attacks)).toEqual([]);
  });

  it('truncate: finds a record that was taken away', async () => {
    const attacks = tables().flatMap((table): Attack[] => {
      const from = victimOf(table);
      if (from === undefined || NOTES.has(table)) return [];
      return [{ table, name: 'removed', changes: [{ table, from, to: undefined }] }];
    });
    expect(await unnoticed(attacks)).toEqual([]);
  });

  it('replay: finds an older copy of a record', async () => {
    const attacks = tables().flatMap((table): Attack[] => {
      for (const [key, row] of [...(older.get(table) ?? [])].reverse()) {
        const from = whole.get(table)?.get(key);
        if (from === undefined || isSame(row, from) || NOTES.has(table)) continue;
        return [{ table, name: 'older', changes: [{ table, from, to: row }] }];
      }
      return [];
    });
    const tried = new Set(attacks.map(({ table }) => table));
    const left = tables().filter((table) => !tried.has(table) && !NOTES.has(table));
    expect(left.filter((table) => !WRITTEN_ONCE.has(table))).toEqual([]);
    expect(await unnoticed(attacks)).toEqual([]);
  });
});

/** How far a restore has come: holds nothing while a server runs, and none starts while it does. */
const RESTORING = 'restore_state';
/** Presences, which the server puts right when it finds them otherwise. */
const PUT_RIGHT = 'agent_presence';
const isSameAgent = (one: Row, other: Row): boolean =>
  ['account_id', 'accountId', 'agent_id', 'agentId'].every((name) => one[name] === other[name]);
/** Never changed, or only ever made anew under another key: there is no older copy. */
const WRITTEN_ONCE = new Set([
  ...['conversation_participants', 'users_memberships_account_id', 'transcripts'],
  ...['audit_log', 'account_keys', 'named_keys', 'erasure_list'],
]);
/**
 * Notes of how far other records have come, each with a MAC. One that is lower or gone hides nothing by itself: what it
 * speaks of is all there. Who can write to the store of keys too stands in the ADR.
 */
const NOTES = new Set(['record_floors', 'key_floors']);
/** Where a row belongs, where its key does not say it. */
const PLACES = new Map([
  ['messages', ['id', '_id', 'transcript', 'conversationId', 'seq']],
  [
    'attachments',
    ['id', '_id', 'conversation_id', 'conversationId', 'attachment_id', 'attachmentId', 'piece', 'index'],
  ],
  ['profiles', ['_id', 'conversation_id', 'conversationId']],
  ['data_keys', ['_id', 'conversation_id', 'conversationId']],
  ['named_keys', ['_id', 'owner', 'purpose']],
  ['account_keys', ['_id', 'accountId', 'account_id', 'version']],
  ['audit_chains', ['_id', 'accountId', 'account_id']],
]);

/** Where a change shows nothing because it is of no account; each with why. */
function isFree(table: string, name: string): boolean {
  const field = name.replace(/^body\./, '');
  const kind = KIND_OF.get(table);
  // Ends of life, and what the retention counts them from and by: rewritten in bulk by the database.
  const isRetained = kind === undefined ? RETAINED_PARTS.has(table) : ENTITY_SPECS[kind].retained === true;
  if (isRetained && /^(expires_?at)$/i.test(field)) return true;
  if (kind === undefined && isRetained && /^(retain_?from|account_?id|session_?id)$/i.test(field))
    return true;
  // Numbers by which the database tells rows apart, and which nobody reads.
  if (kind === undefined && (name === '_id' || (name === 'id' && SURROGATES.has(table)))) return true;
  // When a key was made: shown, and decides nothing.
  if (/_keys$/.test(table) && kind === undefined && /^created_?at$/i.test(field)) return true;
  return NOTES.has(table) && /^(conversation_id|_id)$/.test(name);
}

const RETAINED_PARTS = new Set([
  ...['conversations', 'transcripts', 'messages', 'profiles', 'attachments', 'data_keys'],
  ...['activity_log', 'activity_logs'],
]);
const SURROGATES = new Set(['messages', 'attachments']);

interface Change {
  readonly table: string;
  readonly from: Row;
  readonly to: Row | undefined;
}

interface Attack {
  readonly table: string;
  readonly name: string;
  readonly changes: readonly Change[];
}

const JSON_COLUMNS = ['body', 'head', 'base'];

/** Every place in a row that can be changed, with the row so changed. */
function spotsOf(row: Row): readonly (readonly [name: string, to: Row])[] {
  return Object.entries(row).flatMap(([name, value]): (readonly [string, Row])[] => {
    if (JSON_COLUMNS.includes(name) && typeof value === 'string') {
      return spotsOf(JSON.parse(value) as Row).map(([inner, to]) => [
        `${name}.${inner}`,
        { ...row, [name]: JSON.stringify(to) },
      ]);
    }
    const other = flipped(value);
    return other === undefined ? [] : [[name, { ...row, [name]: other }]];
  });
}
