import mongoose, { type Connection } from 'mongoose';
import { openMongoStores } from '../../../server/adapters/mongo/index.ts';
import { DAY_MS } from '../../../server/domain/index.ts';
import type { RawStores } from '../../../server/ports/index.ts';
import {
  aConversation,
  aDataKey,
  anActivityRecord,
  aPresence,
  aProfileRecord,
  assigned,
  aUser,
  auditLinks,
  auditPoint,
  aVisitorSession,
  closed,
  sealedRun,
  T0,
} from '../../support/builders.ts';
import type { MongoDatabases } from '../../support/mongodb.ts';
import { type MongoProxy, startMongoProxy, type WireCommand } from '../../support/mongodb-proxy.ts';

const ACCOUNTS = 4;
const PER_ACCOUNT = 60;
const account = (index: number) => `account-${index % ACCOUNTS}`;

/** Enough of everything that a plan which reads too much shows. */
async function fill(stores: RawStores): Promise<void> {
  for (let index = 0; index < ACCOUNTS * PER_ACCOUNT; index += 1) {
    const accountId = account(index);
    const conversation = aConversation({
      accountId,
      id: `conversation-${index}`,
      sessionId: `session-${index}`,
      caseId: `case-${index % 40}`,
      departmentId: `department-${index % 7}`,
      startedAt: T0 + index,
    });
    await stores.conversations.create(conversation);
    const active = assigned(conversation, `agent-${index % 12}`);
    if (index % 3 > 0) await stores.conversations.replace(active);
    if (index % 3 > 1) await stores.conversations.replace(closed(active));
    await stores.messages.append(
      sealedRun({ conversationId: conversation.id, count: 5, with: { accountId, expiresAt: T0 + index } }),
    );
    await stores.entities.visitorSessions.insert(
      aVisitorSession({ accountId, visitorHash: `hash-${index}`, expiresAt: T0 + index }),
    );
    await stores.entities.users.insert(
      aUser({ id: `user-${index}`, memberships: [{ accountId, roles: [] }], createdAt: T0 + index }),
    );
    const life = { accountId, conversationId: conversation.id, expiresAt: T0 + index };
    await stores.dataKeys.create(aDataKey(life));
    await stores.profiles.put(aProfileRecord(life));
    const presence = aPresence({ accountId, agentId: `agent-${index}`, leaseUntil: T0 + index });
    await stores.presence.put({ ...presence, version: 1 });
  }
  const numbers = Array.from({ length: ACCOUNTS * PER_ACCOUNT }, (_, index) => index);
  await stores.activity.append(
    numbers.map((index) =>
      anActivityRecord({
        accountId: account(index),
        sessionId: `session-${index}`,
        ip: `192.0.2.${index % 60}`,
        connectedAt: T0 + index,
        expiresAt: T0 + index,
      }),
    ),
  );
  for (let index = 0; index < ACCOUNTS; index += 1) {
    const links = auditLinks({
      accountId: account(index),
      count: PER_ACCOUNT,
      with: (number) => ({
        action: `action-${number % 7}`,
        at: T0 + number,
        actor: { kind: 'user', id: `user-${number % 7}` },
        target: { kind: 'conversation', id: `conversation-${number % 7}` },
      }),
    });
    await stores.audit.append(links, auditPoint(links));
  }
}

/** Each call of a store with how many documents it may look at. */
const SOMEBODY = { accountId: 'account-0', agentId: 'agent-0' };
const CALLS: readonly [string, (stores: RawStores) => Promise<unknown>, number][] = [
  ['conversations.get', (s) => s.conversations.get('account-0', 'conversation-0'), 1],
  ['queue', (s) => s.conversations.queue({ accountId: 'account-1', limit: 5 }), 5],
  ['queue length', (s) => s.conversations.queueLength({ accountId: 'account-1' }), 20],
  ['accounts with a queue', (s) => s.conversations.accountsWithQueue(), 80],
  ['open of an agent', (s) => s.conversations.openOfAgent('account-1', 'agent-1'), 20],
  ['open of a session', (s) => s.conversations.findOpenBySession('session-1'), 1],
  ['list by account', (s) => s.conversations.list({ accountId: 'account-1', limit: 5 }), 6],
  ['list by agent', (s) => s.conversations.list({ accountId: 'account-1', agentId: 'agent-1', limit: 5 }), 6],
  ['list by case', (s) => s.conversations.list({ accountId: 'account-1', caseId: 'case-1', limit: 5 }), 6],
  [
    'list by session',
    (s) => s.conversations.list({ accountId: 'account-1', sessionId: 'session-1', limit: 5 }),
    6,
  ],
  [
    'list by department',
    (s) => s.conversations.list({ accountId: 'account-1', departmentId: 'department-1', limit: 5 }),
    6,
  ],
  [
    'list within departments',
    (s) =>
      s.conversations.list({
        accountId: 'account-1',
        departments: ['department-1', 'department-2'],
        limit: 5,
      }),
    12,
  ],
  [
    'list of a reader',
    (s) =>
      s.conversations.list({
        accountId: 'account-1',
        reader: { agentId: 'agent-1', departments: ['department-1'] },
        limit: 5,
      }),
    12,
  ],
  [
    'queue of departments',
    (s) => s.conversations.queue({ accountId: 'account-1', departments: ['department-1', null], limit: 5 }),
    20,
  ],
  ['queued departments', (s) => s.conversations.queuedDepartments('account-1'), 20],
  ['list by status', (s) => s.conversations.list({ accountId: 'account-1', status: 'closed', limit: 5 }), 6],
  [
    'list by time',
    (s) => s.conversations.list({ accountId: 'account-1', from: T0 + 100, to: T0 + 130, limit: 50 }),
    8,
  ],
  [
    'second page of a list',
    async (s) => {
      const { nextCursor: cursor = '' } = await s.conversations.list({ accountId: 'account-1', limit: 30 });
      return await s.conversations.list({ accountId: 'account-1', limit: 5, cursor });
    },
    31,
  ],
  ['message read', (s) => s.messages.read({ conversationId: 'conversation-7', afterSeq: 2, limit: 2 }), 2],
  ['last message', (s) => s.messages.last('conversation-7'), 1],
  ['message by client key', (s) => s.messages.findByClientKey('conversation-7', 'visitor:unknown'), 0],
  ['data key', (s) => s.dataKeys.get('conversation-7'), 1],
  ['profile', (s) => s.profiles.get('conversation-7'), 1],
  [
    'activity by session',
    (s) => s.activity.find({ accountId: 'account-3', sessionId: 'session-7', limit: 5 }),
    1,
  ],
  ['activity by address', (s) => s.activity.find({ accountId: 'account-3', ip: '192.0.2.7', limit: 2 }), 3],
  ['audit', (s) => s.audit.list({ accountId: 'account-3', limit: 5 }), 6],
  ['audit by actor', (s) => s.audit.list({ accountId: 'account-3', actorId: 'user-3', limit: 5 }), 6],
  [
    'audit by target',
    (s) => s.audit.list({ accountId: 'account-3', targetId: 'conversation-3', limit: 5 }),
    6,
  ],
  ['audit chain', (s) => s.audit.read({ accountId: 'account-3', afterSeq: 20, limit: 5 }), 5],
  ['end of the audit chain', (s) => s.audit.last('account-3'), 1],
  ['audit by action', (s) => s.audit.list({ accountId: 'account-3', action: 'action-3', limit: 5 }), 6],
  ['overdue leases', (s) => s.presence.expired(T0 + 50, 5), 5],
  ['data keys', (s) => s.dataKeys.list({ limit: 5 }), 5],
  ['change a presence', (s) => s.presence.put({ ...aPresence(SOMEBODY), version: 2 }), 1],
  ['put a presence right', (s) => s.presence.force({ ...aPresence(SOMEBODY), version: 9 }), 1],
  ['presences of an account', (s) => s.presence.list('account-1'), PER_ACCOUNT],
  ['entity by unique field', (s) => s.entities.users.findBy('email', 'user-7@example.com'), 1],
  [
    'entities by array path',
    (s) => s.entities.users.list({ where: { 'memberships.accountId': 'account-1' }, limit: 5 }),
    6,
  ],
  [
    'sessions of a visitor',
    (s) =>
      s.entities.visitorSessions.list({ where: { accountId: 'account-3', visitorHash: 'hash-7' }, limit: 5 }),
    1,
  ],
  ['expired conversations', (s) => s.retention.expiredConversations(T0 + 10, 5), 5],
  ['purge of what is old', (s) => s.retention.purge(T0 + 3, 100), 20],
  ['transcript retention', (s) => s.retention.applyTranscriptRetention('account-2', DAY_MS), PER_ACCOUNT * 5],
  ['activity retention', (s) => s.retention.applyActivityRetention('account-2', DAY_MS), PER_ACCOUNT],
];

/** That what the stores really send is answered from an index, in its order, without looking at more. */
export function describePlans(databases: MongoDatabases): void {
  describe('query plans', () => {
    let proxy: MongoProxy;
    let stores: RawStores;
    let connection: Connection;

    beforeAll(async () => {
      const dbName = databases.freshName();
      proxy = await startMongoProxy(databases.uri());
      stores = await openMongoStores({ uri: proxy.uri, dbName });
      connection = await mongoose.createConnection(databases.uri(), { dbName }).asPromise();
      await fill(stores);
    });
    afterAll(async () => {
      await Promise.all([stores.close(), connection.close()]);
      await proxy.close();
    });

    it.each(CALLS)('%s', async (name, call, mostDocuments) => {
      const forbidden = SORTED_HERE.includes(name) ? /^COLLSCAN$/ : /^(COLLSCAN|SORT)$/;
      proxy.takeCommands();
      await call(stores);
      const commands = proxy.takeCommands();
      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) {
        const plan = await explain(connection, command);
        expect(stagesOf(plan)).not.toEqual(expect.arrayContaining([expect.stringMatching(forbidden)]));
        expect(examined(plan)).toBeLessThanOrEqual(mostDocuments);
      }
    });
  });
}

/**
 * Found by index and sorted in memory: several departments, or none, are several ranges of an index, and what waits in
 * them is short.
 */
const SORTED_HERE: readonly string[] = ['queue of departments'];

/** What the server would do for a command that a store sent. */
async function explain(connection: Connection, { command, parts }: WireCommand): Promise<unknown> {
  const session = ['$db', 'lsid', '$clusterTime', 'txnNumber', 'writeConcern', 'readConcern', 'maxTimeMS'];
  const bare = Object.entries({ ...command, ...parts }).filter(([name]) => !session.includes(name));
  const asked = { explain: Object.fromEntries(bare), verbosity: 'executionStats' };
  if (connection.db === undefined) throw new Error('the connection is not open');
  return await connection.db.command(asked);
}

/** Every stage of the winning plans in an explanation, wherever it stands. */
function stagesOf(plan: unknown): string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  return Object.entries(plan).flatMap(([key, value]) => {
    if (key === 'rejectedPlans' || key === 'allPlansExecution') return [];
    return key === 'stage' && typeof value === 'string' ? [value] : stagesOf(value);
  });
}

function examined(plan: unknown): number {
  if (typeof plan !== 'object' || plan === null) return 0;
  const own = 'totalDocsExamined' in plan ? Number(plan.totalDocsExamined) : 0;
  return Math.max(own, ...Object.values(plan).map(examined));
}
