import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS } from '../../server/domain/index.ts';
import type { AccountSettings, WireTranscript } from '../../shared/protocol/index.ts';
import { type AgentClient, connectAgent, connectVisitor, type VisitorClient } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { TestServer } from '../support/server.ts';

const PERSONNUMMER = '19811218-9876';
const CARD = '4111 1111 1111 1111';

describeOnEveryStore('the life of a transcript', (start) => {
  let clock: FakeClock;
  let test: TestServer;
  let agent: AgentClient;
  let visitor: VisitorClient;
  let token: string;
  let account: string;

  beforeAll(async () => {
    clock = new FakeClock(Date.now());
    test = await start({ clock });
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    const signedIn = await test.signIn();
    token = signedIn.accessToken;
    account = `/accounts/${signedIn.accountId}`;
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    visitor = await connectVisitor(test);
  });
  afterEach(async () => {
    agent.close();
    visitor.close();
  });

  const chatWith = async (...texts: string[]): Promise<string> => {
    const { conversationId } = await visitor.emit('chat:start', {});
    for (const [index, text] of texts.entries()) {
      await visitor.emit('message:send', { conversationId, clientId: `m${index}`, text });
    }
    return conversationId;
  };
  const read = (id: string) =>
    test.call<WireTranscript & { code?: string }>(
      'GET',
      `${account}/conversations/${id}?include=messages,profile`,
      undefined,
      token,
    );
  /** Signs in again, because the fake clock moved past the life of the access token. */
  const later = async (ms: number): Promise<void> => {
    await clock.leap(ms);
    token = (await test.signIn()).accessToken;
  };

  it('P4 keeps no raw text that a rule matches, and tells the sender what was removed', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    const text = `my number is ${PERSONNUMMER} and my card is ${CARD}`;
    const sent = await visitor.emit('message:send', { conversationId, clientId: '1', text });
    expect(sent.redacted).toBe(2);
    expect(sent.removed.map(({ count }) => count)).toEqual([1, 1]);
    const seen = await agent.next('message:new', (message) => message.conversationId === conversationId);
    for (const shown of [sent.text, seen.text, JSON.stringify((await read(conversationId)).body)]) {
      expect(shown).not.toContain(PERSONNUMMER);
      expect(shown).not.toContain(CARD);
    }
    expect(sent.text).toContain('my number is');
  });

  it('P8 erases a transcript, its profile and its key on request, also in the middle of a chat', async () => {
    const id = await chatWith('hello', 'is anyone there');
    const answer = await test.call('DELETE', `${account}/conversations/${id}`, undefined, token);
    expect(answer).toMatchObject({ status: 200, body: { erased: true, certificateId: expect.any(String) } });
    expect((await read(id)).status).toBe(404);
    expect((await test.call('DELETE', `${account}/conversations/${id}`, undefined, token)).status).toBe(404);
    const { stores } = test.server;
    expect(await stores.dataKeys.get(id)).toBeUndefined();
    expect(await stores.messages.last(id)).toBeUndefined();
    expect(await stores.profiles.get(id)).toBeUndefined();
    expect(await visitor.next('chat:update', ({ status }) => status === 'closed')).toBeTruthy();
    const again = { conversationId: id, clientId: 'late', text: 'too late' };
    await expect(visitor.emit('message:send', again)).rejects.toMatchObject({ code: 'not_found' });
    expect((await visitor.emit('chat:start', {})).conversationId).not.toBe(id);
  });

  it('P8 erases while messages are being written, and none comes back', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    const sending = Array.from({ length: 60 }, (_, index) =>
      visitor.emitRaw('message:send', { conversationId, clientId: `m${index}`, text: `line ${index}` }),
    );
    await sending[10];
    const erased = await test.call('DELETE', `${account}/conversations/${conversationId}`, undefined, token);
    expect(erased.status).toBe(200);
    await Promise.all(sending);
    expect(await test.server.stores.messages.last(conversationId)).toBeUndefined();
  });

  it('P8 deletes after 14 days what was kept, and tells who still has it open', async () => {
    const id = await chatWith('hello');
    await later(14 * DAY_MS - 60_000);
    await test.server.features.retention.purge();
    expect((await read(id)).status).toBe(200);
    await later(61_000);
    await test.server.features.retention.purge();
    expect((await read(id)).status).toBe(404);
    const { stores } = test.server;
    expect(await stores.dataKeys.get(id)).toBeUndefined();
    expect(await stores.messages.last(id)).toBeUndefined();
    expect(await stores.profiles.get(id)).toBeUndefined();
  });

  it('P8 shows nothing that is over and opens no key of it, also when no purge runs', async () => {
    const id = await chatWith('hello');
    const { sessionId } = visitor;
    await later(14 * DAY_MS);
    expect((await read(id)).status).toBe(404);
    const listed = await test.call<{ items: unknown[] }>('GET', `${account}/conversations`, undefined, token);
    expect(listed.body.items).toEqual([]);
    const log = `${account}/activity-logs?sessionId=${sessionId}`;
    expect((await test.call('GET', log, undefined, token)).body).toMatchObject({ items: [] });
    const { stores, pipeline } = test.server;
    expect(await stores.dataKeys.get(id)).toBeDefined();
    expect(await pipeline.vault.dataKey(id)).toBeUndefined();
    await expect(pipeline.lanes.open(id, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('P8 applies a changed retention to what is there already', async () => {
    const id = await chatWith('hello');
    const patch = { transcriptRetentionDays: 1 };
    expect((await test.call('PATCH', `${account}/settings`, patch, token)).status).toBe(200);
    await visitor.emit('message:send', { conversationId: id, clientId: 'after', text: 'after the change' });
    await later(DAY_MS + 1_000);
    await test.server.features.retention.purge();
    expect((await read(id)).status).toBe(404);
    expect(await test.server.stores.messages.last(id)).toBeUndefined();
    await test.call('PATCH', `${account}/settings`, { transcriptRetentionDays: 14 }, token);
  });

  it('P7 keeps an address in the activity log only, and there for seven days at the most', async () => {
    const settings = await test.call<AccountSettings>('GET', `${account}/settings`, undefined, token);
    expect(settings.body.logRetentionDays).toBe(7);
    const { sessionId } = visitor;
    const find = async () =>
      (
        await test.call<{ items: { ip: string }[] }>(
          'GET',
          `${account}/activity-logs?sessionId=${sessionId}`,
          undefined,
          token,
        )
      ).body.items;
    expect((await find()).map(({ ip }) => ip)).toEqual(['127.0.0.1']);
    await later(7 * DAY_MS + 1_000);
    await test.server.features.retention.purge();
    expect(await find()).toEqual([]);
  });

  it('P7 deletes what the log holds of one address', async () => {
    await clock.advanceAsync(1_000);
    const answer = await test.call('DELETE', `${account}/activity-logs?ip=127.0.0.1`, undefined, token);
    expect(answer.body).toEqual({ deleted: expect.any(Number), certificateId: expect.any(String) });
    expect(answer.body.deleted).toBeGreaterThan(0);
    const left = await test.call('GET', `${account}/activity-logs?ip=127.0.0.1`, undefined, token);
    expect(left.body).toMatchObject({ items: [] });
  });

  it('R3 notices an altered, a swapped and a removed record, reports it and serves nothing', async () => {
    const { stores } = test.server;
    const id = await chatWith('one', 'two', 'three');
    await clock.advanceAsync(2_000);
    const records = await stores.messages.read({ conversationId: id, afterSeq: 0, limit: 10 });
    const [first, second, third] = records.map((record) => ({
      ...record,
      hash: new Uint8Array(record.hash),
    }));
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three were kept');
    const tamper = async (change: () => Promise<unknown>, mend: () => Promise<unknown>): Promise<void> => {
      expect((await read(id)).status).toBe(200);
      await change();
      const refused = await read(id);
      expect([refused.status, refused.body.code]).toEqual([500, 'transcript.tampered']);
      await mend();
    };
    const put = (record: typeof first, replaces: Uint8Array) =>
      stores.messages.reseal([{ record, replaces }]);
    const flipped = {
      ...second,
      sealed: Uint8Array.from(second.sealed, (byte, at) => (at === 20 ? byte ^ 1 : byte)),
    };
    await tamper(
      () => put(flipped, second.hash),
      () => put(second, second.hash),
    );
    const swapped = { ...second, sealed: first.sealed, hash: first.hash };
    await tamper(
      () => put(swapped, second.hash),
      () => put(second, first.hash),
    );
    expect(test.logger.lines.filter(({ message }) => message.includes('integrity'))).not.toEqual([]);
    await stores.messages.deleteConversation(id);
    expect((await read(id)).body.code).toBe('transcript.tampered');
  });

  it('leaves no secret, address, token or key in any file of the data folder after erasure', async () => {
    const secret = 'zebrafish-quarterback';
    const id = await chatWith(`the word is ${secret}`, `and my number is ${PERSONNUMMER}`);
    await clock.advanceAsync(3_000);
    const found = (needle: string) => filesHolding(test.dataDir, needle);
    expect(found(secret)).toEqual([]);
    expect(found(PERSONNUMMER)).toEqual([]);
    expect(found('127.0.0.1').filter((file) => !file.startsWith('activity'))).toEqual([]);
    await test.call('DELETE', `${account}/conversations/${id}`, undefined, token);
    expect(found(secret)).toEqual([]);
    expect(JSON.stringify(test.logger.lines)).not.toContain(secret);
  });
});

/** Names of files below a folder that hold the text. */
function filesHolding(dir: string, needle: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(dir, name);
    return statSync(path).isFile() && readFileSync(path).includes(needle);
  });
}
