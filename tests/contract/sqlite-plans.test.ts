import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseFile } from '../../server/adapters/sqlite/database-file.ts';
import { openSqliteStores } from '../../server/adapters/sqlite/index.ts';
import type { RawStores } from '../../server/ports/index.ts';
import {
  aConversation,
  aDataKey,
  aNamedKey,
  anAccountKey,
  anActivityRecord,
  aPresence,
  aProfileRecord,
  aSealed,
  aSite,
  assigned,
  aUser,
  auditLinks,
  auditPoint,
  aVisitorSession,
  T0,
} from '../support/builders.ts';

/** They count every account key, or want every row of an index that holds queued conversations alone. */
const MAY_SCAN = [
  /^SELECT master_key_id, count\(\*\) AS n FROM account_keys GROUP BY master_key_id$/,
  /^SELECT DISTINCT account_id FROM conversations WHERE status = 'queued'$/,
];
/** The users of one account, found by a value in an array, have no index in the order of the list. */
const MAY_SORT = [/users_memberships_account_id/];

/** Calls everything that a store can be asked while the server runs. */
async function tour(stores: RawStores): Promise<void> {
  const { conversations, messages, presence, retention, entities } = stores;
  const conversation = aConversation();
  const { accountId, id, sessionId } = conversation;
  const anchor = { seq: 1, mac: new Uint8Array(32) };
  await conversations.create(conversation);
  await conversations.anchor([{ accountId, conversationId: id, anchor }]);
  await conversations.replace(assigned(conversation, 'agent-1'));
  await conversations.get(accountId, id);
  await conversations.findOpenBySession(sessionId);
  await conversations.queue({ accountId, limit: 10 });
  await conversations.queueLength({ accountId });
  await conversations.queue({ accountId, departments: ['d', null], limit: 10 });
  await conversations.queueLength({ accountId, departments: ['d'] });
  await conversations.queuedDepartments(accountId);
  await conversations.openOfAgent(accountId, 'agent-1');
  await conversations.accountsWithQueue();
  const page = { accountId, limit: 10 };
  const filters = [
    {},
    { agentId: 'a' },
    { sessionId },
    { status: 'queued' as const },
    { caseId: 'c' },
    { tag: 't' },
    { departmentId: 'd' },
    { departments: ['d', 'e'] },
    { reader: { agentId: 'a', departments: ['d'] } },
    { from: T0 },
  ];
  for (const filter of filters) await conversations.list({ ...page, ...filter });

  const sealed = aSealed({ accountId, conversationId: id });
  await messages.append([sealed]);
  await messages.append([aSealed({ accountId, conversationId: id })]);
  await messages.read({ conversationId: id, afterSeq: 0, limit: 10 });
  await messages.findByClientKey(id, sealed.record.clientKey);
  await messages.last(id);
  await messages.reseal([{ record: sealed.record, replaces: sealed.record.hash }]);

  await stores.dataKeys.create(aDataKey({ conversationId: id }));
  await stores.dataKeys.get(id);
  const accountKey = anAccountKey();
  await stores.accountKeys.create(accountKey);
  await stores.accountKeys.get(accountKey.accountId, 1);
  await stores.accountKeys.newest(accountKey.accountId);
  const owned = { accountId, version: 2, limit: 10 };
  await stores.dataKeys.list({ limit: 10 });
  await stores.dataKeys.wrappedBefore(owned);
  await stores.floors.ended(T0, 10);
  await stores.dataKeys.countByVersion(accountId);
  await stores.dataKeys.rewrap(aDataKey({ conversationId: id }), 1);
  await stores.accountKeys.versions(accountKey.accountId);
  await stores.accountKeys.underMasterKeys();
  await stores.accountKeys.notUnder('master-2', 10);
  await stores.accountKeys.rewrap(accountKey, 'master-1');
  await stores.accountKeys.destroy(accountKey.accountId, 1);
  await stores.accountKeys.destroyAll(accountKey.accountId);
  const namedKey = aNamedKey();
  await stores.namedKeys.create(namedKey);
  await stores.namedKeys.get(namedKey.owner, namedKey.purpose);
  await stores.namedKeys.list(namedKey.owner);
  await stores.namedKeys.rewrap(namedKey, '1');
  await stores.namedKeys.destroyAll(namedKey.owner);
  await stores.erasureList.append([{ id, kind: 'conversation', accountId, at: T0 }]);
  await stores.erasureList.list({ from: T0, limit: 10 });
  await stores.profiles.put(aProfileRecord({ conversationId: id }));
  await stores.profiles.get(id);

  const activity = anActivityRecord({ accountId, sessionId });
  await stores.activity.append([activity]);
  await stores.activity.disconnected([{ id: activity.id, at: T0 }]);
  await stores.activity.find({ ...page, sessionId });
  await stores.activity.find({ ...page, ip: activity.ip });
  await stores.activity.deleteByIp(accountId, activity.ip);
  await stores.activity.deleteOf({ accountId, sessionId });
  await stores.activity.deleteOf({ accountId });
  const links = auditLinks({ accountId, count: 2 });
  const point = auditPoint(links);
  await stores.audit.append(links, point);
  await stores.audit.last(accountId);
  await stores.audit.read({ accountId, afterSeq: 0, limit: 10 });
  await stores.audit.chain(accountId);
  await stores.audit.unchained(accountId);
  await stores.audit.list(page);
  await stores.audit.list({ ...page, action: 'transcript.read', from: T0 });
  await stores.audit.list({ ...page, actorId: 'user-1', targetKind: 'user' });
  await stores.audit.list({ ...page, targetId: 'c-1' });
  await stores.audit.purge({ accountId, base: point, before: T0 });

  const agent = aPresence();
  for (const version of [1, 2]) await presence.put({ ...agent, version });
  await presence.force({ ...agent, version: 1 });
  await presence.get(agent.accountId, agent.agentId);
  await presence.list(agent.accountId);
  await presence.expired(T0, 10);

  await stores.audit.deleteAccount(accountId);
  await presence.deleteAccount(agent.accountId);

  const [site, user, session] = [aSite(), aUser(), aVisitorSession()];
  await entities.sites.insert(site);
  await entities.users.insert(user);
  await entities.visitorSessions.insert(session);
  await entities.sites.replace({ ...site, version: 2 });
  await entities.users.findBy('email', user.email);
  await entities.users.list({ limit: 10 });
  await entities.users.list({ where: { 'memberships.accountId': accountId }, limit: 10 });
  await entities.visitorSessions.list({ where: { accountId, visitorHash: 'h' }, limit: 10 });
  await entities.users.delete(user.id);
  await entities.visitorSessions.deleteWhere({ accountId });
  await entities.users.deleteWhere({ 'memberships.accountId': accountId });

  await retention.expiredConversations(T0, 10);
  await retention.applyTranscriptRetention(accountId, 1_000);
  await retention.applyActivityRetention(accountId, 1_000);
  await retention.setTranscriptEnd({ accountId, conversationId: id, expiresAt: T0 });
  await conversations.countFree({ accountId, from: T0, to: T0 + 1 });
  await retention.purge(T0, 10);
  await stores.profiles.delete(id);
  await stores.dataKeys.destroy(id);
  await messages.deleteConversation(id);
  await conversations.delete(accountId, id);
}

describe('SQLite query plans', () => {
  const said = new Map<string, DatabaseFile>();
  const plans: { sql: string; plan: string[] }[] = [];

  beforeAll(async () => {
    const note = (method: 'get' | 'all' | 'write') => {
      const original = DatabaseFile.prototype[method] as (this: DatabaseFile, ...args: unknown[]) => unknown;
      jest.spyOn(DatabaseFile.prototype, method).mockImplementation(function (this: DatabaseFile, ...args) {
        said.set(String(args[0]), this);
        return original.apply(this, args) as never;
      });
    };
    for (const method of ['get', 'all', 'write'] as const) note(method);
    const dataDir = await mkdtemp(join(tmpdir(), 'engagement-plans-'));
    const stores = await openSqliteStores({ dataDir });
    await tour(stores);
    jest.restoreAllMocks();
    for (const [sql, file] of said) {
      const steps = file.all(`EXPLAIN QUERY PLAN ${sql}`, new Array<null>(parametersOf(sql)).fill(null));
      plans.push({ sql, plan: steps.map((step) => String(step.detail)) });
    }
    await stores.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const offending = (step: RegExp, allowed: readonly RegExp[]) =>
    plans.filter(
      ({ sql, plan }) => plan.some((one) => step.test(one)) && !allowed.some((may) => may.test(sql)),
    );

  it('were taken of every kind of statement', () => {
    expect(plans.length).toBeGreaterThan(60);
  });

  it('never read a table from its start to its end', () => {
    expect(offending(/^SCAN (?!j |change|CONSTANT|json_each)/, MAY_SCAN)).toEqual([]);
  });

  it('never sort what a list has found', () => {
    expect(offending(/TEMP B-TREE FOR ORDER BY/, MAY_SORT)).toEqual([]);
  });
});

/** How many parameters a statement takes, numbered or not. */
function parametersOf(sql: string): number {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map((match) => Number(match[1]));
  return numbered.length > 0 ? Math.max(...numbered) : (sql.match(/\?/g) ?? []).length;
}
