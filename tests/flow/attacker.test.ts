import { copyFileSync, cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { KEYS_DB } from '../../server/adapters/sqlite/schema.ts';
import type { WireDataRequest, WireTranscript } from '../../shared/protocol/index.ts';
import { connect, connectAgent, connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { keptParts } from '../support/kept-bytes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { type AccountClient, accountClient } from './rest-support.ts';

const FIELD = { key: 'customer', label: 'Customer', category: 'customer id', searchable: true };
/** Words that stand nowhere else; each is planted in one way. */
const PLANTED = {
  message: 'zebrafishquarterback',
  note: 'yellowhammerparliament',
  field: 'walnutobservatory',
  page: 'velvetlighthouse',
  comment: 'umbrellametropolis',
  tag: 'turquoiselocomotive',
  agentName: 'saffronwheelbarrow',
} as const;

const erasing = async (test: TestServer, admin: AccountClient, subject: object): Promise<WireDataRequest> => {
  const { body } = await admin.call<WireDataRequest>('POST', '/erasures', subject);
  await test.server.features.dataRequests.whenIdle();
  return (await admin.call<WireDataRequest>('GET', `/erasures/${body.id}`)).body;
};

/** A start makes every index of a fresh database, and the attack reads everything that is kept. */
const TIMEOUT_MS = 90_000;

/** Where each planted word stands, in all files, tables, collections and lines of the log, as an attacker finds it. */
async function findings(test: TestServer): Promise<Record<string, string[]>> {
  const log = { where: 'log', content: JSON.stringify(test.logger.lines) };
  const parts = [...(await keptParts(test)), log];
  const found = Object.values(PLANTED).map((word): [string, string[]] => [
    word,
    parts.filter(({ content }) => content.includes(word)).map(({ where }) => basename(where)),
  ]);
  return Object.fromEntries(found.filter(([, places]) => places.length > 0));
}

async function plant(test: TestServer, admin: AccountClient): Promise<{ sessionId: string; id: string }> {
  await admin.call('PATCH', '/settings', { dpa: { customFields: [FIELD] } });
  const agent = await connectAgent(test);
  await agent.emit('presence:set', { status: 'online', capacity: 5 });
  const visitor = await connectVisitor(test);
  await visitor.emit('page:view', { url: `https://shop.example/${PLANTED.page}`, title: PLANTED.page });
  await visitor.emit('profile:update', { fields: { customer: PLANTED.field } });
  const { conversationId: id } = await visitor.emit('chat:start', {});
  await visitor.emit('message:send', { conversationId: id, clientId: '1', text: `it is ${PLANTED.message}` });
  await agent.next('message:new', ({ conversationId }) => conversationId === id);
  await agent.emit('note:add', { conversationId: id, clientId: '2', text: PLANTED.note });
  await agent.emit('chat:tag', { conversationId: id, tags: [PLANTED.tag] });
  const { token } = { token: (visitor.socket.auth as { token: string }).token };
  const named = await connect(`${test.url}/visitor`, { token }, { userAgent: PLANTED.agentName });
  await visitor.emit('chat:rate', { conversationId: id, score: 2, comment: PLANTED.comment });
  named.disconnect();
  visitor.close();
  agent.close();
  const { features, pipeline } = test.server;
  await features.visitors.keepChanged();
  await features.activity.flush();
  await pipeline.drain();
  return { sessionId: visitor.sessionId, id };
}

describeOnEveryStore('an attacker with a copy of disk, database and logs', (start) => {
  it(
    'P4 P8 finds planted words only where they may stand, and none when the visitor is erased',
    async () => {
      const test = await start();
      try {
        const admin = accountClient(test, await test.signIn());
        const { sessionId } = await plant(test, admin);
        const before = await findings(test);
        expect(Object.keys(before).sort()).toEqual([PLANTED.agentName, PLANTED.tag]);
        for (const place of before[PLANTED.agentName] ?? []) expect(place).toMatch(/activity/);
        for (const place of before[PLANTED.tag] ?? [])
          expect(place).toMatch(/^(engagement\.db|collection conversations)/);
        expect(await erasing(test, admin, { sessionId })).toMatchObject({ status: 'done', found: 1 });
        expect(await findings(test)).toEqual({});
      } finally {
        await test.close();
      }
    },
    TIMEOUT_MS,
  );
});

describe('an attacker with an older copy of the data and the newest copy of the keys', () => {
  it(
    'P8 reads nothing that was erased, and the rest still',
    async () => {
      let test = await startTestServer();
      let admin = accountClient(test, await test.signIn());
      const { id } = await plant(test, admin);
      const kept = await connectVisitor(test);
      const { conversationId: other } = await kept.emit('chat:start', {});
      await kept.emit('message:send', { conversationId: other, clientId: '1', text: 'not erased' });
      kept.close();
      await test.close({ keepData: true });

      const copy = mkdtempSync(join(tmpdir(), 'engagement-copy-'));
      cpSync(test.dataDir, copy, { recursive: true });
      test = await startTestServer({ dataDir: test.dataDir });
      admin = accountClient(test, await test.signIn());
      const found = await erasing(test, admin, { field: 'customer', value: PLANTED.field });
      expect(found).toMatchObject({ status: 'done', found: 1 });
      await test.close({ keepData: true });
      copyFileSync(join(test.dataDir, KEYS_DB), join(copy, KEYS_DB));
      await (await startTestServer({ dataDir: test.dataDir })).close();

      const restored = await startTestServer({ dataDir: copy });
      try {
        admin = accountClient(restored, await restored.signIn());
        const read = (one: string) =>
          admin.call<WireTranscript>('GET', `/conversations/${one}?include=messages,profile`);
        expect((await read(id)).status).toBe(404);
        expect((await read(other)).body.messages?.map(({ text }) => text)).toEqual(['not erased']);
        expect(JSON.stringify(await findings(restored))).not.toMatch(new RegExp(PLANTED.message));
      } finally {
        await restored.close();
      }
    },
    TIMEOUT_MS,
  );
});
