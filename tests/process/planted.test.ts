import { randomBytes } from 'node:crypto';
import { io } from 'socket.io-client';
import type { VisitorSession } from '../../shared/protocol/index.ts';
import { visitorEventSchemas } from '../../shared/schemas/visitor-events.ts';
import { textsOfEvents } from '../support/event-texts.ts';
import { POSITIVES, seededRandom } from '../support/identifiers.ts';
import { SEED } from '../support/seed.ts';
import { collectionsOf, filesBelow, type Place, placesWith } from './planted.ts';
import { callRest, signIn } from './rest-client.ts';
import type { ServerProcess } from './server-process.ts';
import { ADMIN, describeOnStoredData, SITE_KEY, type StoredData } from './stored-server.ts';

/** From the range that RFC 5737 sets aside for documentation. */
const ADDRESS = '203.0.113.77';
const TEST_TIMEOUT_MS = 120_000;
const random = seededRandom(SEED);
const marker = (what: string): string => `${what}-${randomBytes(9).toString('hex')}`;

/** What is planted, each in every way in that it has. */
const PLANTED = {
  message: marker('message'),
  url: marker('path'),
  title: marker('title'),
  typing: marker('typing'),
  comment: marker('comment'),
  malformed: marker('malformed'),
  wrongPassword: marker('password'),
  badToken: marker('token'),
  userAgent: marker('agent'),
  // Not the well-known test numbers: the rules' own examples hold those.
  personalNumber: POSITIVES['se-personnummer'](random),
  card: POSITIVES['payment-card'](random),
};

describeOnStoredData(`what visitors write and who they are, seed ${SEED}`, (newData) => {
  let data: StoredData;

  beforeEach(() => {
    data = newData();
  });
  afterEach(() => data.remove());

  it(
    'P4 P7: stands in clear in no file, output or collection, but for the address in the activity log',
    async () => {
      // The first start prints the sign-in, and is to; what is searched begins with the second.
      await (await data.start()).stop();
      const server = await data.start({ TRUST_PROXY: '1', LOG_LEVEL: 'debug' });
      const tokens = await plant(server.url);
      await expectNothingInClear(await placesOf(data, server), tokens);
      expect(await server.stop()).toEqual({ code: 0, signal: null });
      await expectNothingInClear(await placesOf(data, server), tokens);
    },
    TEST_TIMEOUT_MS,
  );
});

async function placesOf(data: StoredData, server: ServerProcess): Promise<Place[]> {
  return [
    { name: 'stdout', bytes: Buffer.from(server.stdout()) },
    { name: 'stderr', bytes: Buffer.from(server.stderr()) },
    ...filesBelow(data.dataDir),
    ...(data.mongodbUri === undefined ? [] : await collectionsOf(data.mongodbUri)),
  ];
}

async function expectNothingInClear(places: readonly Place[], tokens: readonly string[]): Promise<void> {
  const { userAgent, ...texts } = PLANTED;
  for (const text of [...Object.values(texts), ...tokens, ADMIN.password]) {
    expect([text, placesWith(text, places)]).toEqual([text, []]);
  }
  for (const text of [ADDRESS, userAgent]) {
    const found = placesWith(text, places);
    expect(found.filter((name) => !/^activity/.test(name))).toEqual([]);
    // The search does find what is there.
    expect(found).not.toEqual([]);
  }
  expect(placesWith(ADMIN.email, places)).not.toEqual([]);
  expect(placesWith(ADMIN.email, places).filter((name) => /log|std/.test(name))).toEqual([]);
}

/** Lets a visitor and an administrator do what they can; answers the tokens that they held and further texts that were taken. */
async function plant(url: string): Promise<string[]> {
  const headers = { 'x-forwarded-for': ADDRESS, 'user-agent': PLANTED.userAgent };
  const session = await callRest<VisitorSession>(url, {
    path: '/visitor/sessions',
    body: { siteKey: SITE_KEY },
    headers,
  });
  const taken = await chat(url, session, headers);
  const staff = await signIn(url, ADMIN);
  const wrong = { email: ADMIN.email, password: PLANTED.wrongPassword };
  await expect(callRest(url, { path: '/auth/login', body: wrong, headers })).rejects.toThrow('401');
  const strange = { path: `/accounts/${staff.accountId}/users`, token: PLANTED.badToken, headers };
  await expect(callRest(url, strange)).rejects.toThrow('401');
  const malformed = { path: '/auth/login', body: { email: [PLANTED.malformed] }, headers };
  await expect(callRest(url, malformed)).rejects.toThrow(/4\d\d/);
  // Looking them up writes the connections that are still in memory.
  const lookUp = `/accounts/${staff.accountId}/activity-logs?sessionId=${session.sessionId}`;
  await callRest(url, { path: lookUp, token: staff.token });
  return [...taken, session.token, session.visitorToken, staff.token, staff.refreshToken];
}

async function chat(
  url: string,
  { token, sessionId }: VisitorSession,
  headers: Record<string, string>,
): Promise<string[]> {
  const socket = io(`${url}/visitor`, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: headers,
  });
  const emit = (name: string, payload: unknown) => socket.timeout(10_000).emitWithAck(name, payload);
  const page = {
    url: `https://shop.example/${PLANTED.url}?mail=${PLANTED.personalNumber}`,
    title: PLANTED.title,
  };
  await emit('page:view', page);
  const started = await emit('chat:start', {});
  const { conversationId } = started.data;
  const texts = [PLANTED.message, `it is ${PLANTED.personalNumber}`, `and my card ${PLANTED.card} is it`];
  for (const [index, text] of texts.entries()) {
    await emit('typing', { conversationId, active: true, text: `${PLANTED.typing} ${text}` });
    const sent = await emit('message:send', { conversationId, clientId: String(index), text });
    expect(sent).toMatchObject({ ok: true });
    // Otherwise the search would not show that redaction came before the store.
    if (index > 0) expect(sent.data.redacted).toBe(1);
  }
  expect(await emit(PLANTED.malformed, { text: PLANTED.malformed })).toMatchObject({ ok: false });
  expect(await emit('message:send', { conversationId, text: [PLANTED.malformed] })).toMatchObject({
    ok: false,
  });
  const taken = await plantByTable(emit, { conversationId, sessionId });
  await emit('chat:end', { conversationId });
  await emit('chat:rate', { conversationId, score: 1, comment: PLANTED.comment });
  socket.disconnect();
  return taken;
}

/** A text of its own wherever the table of events has a string; answers those that were taken. */
async function plantByTable(
  emit: (name: string, payload: unknown) => Promise<{ ok: boolean }>,
  ids: { conversationId: string; sessionId: string },
): Promise<string[]> {
  const taken: string[] = [];
  for (const { event, payloadWith } of textsOfEvents(visitorEventSchemas, ids)) {
    const text = marker('table');
    const payload = payloadWith(text);
    if (payload !== undefined && (await emit(event, payload)).ok) taken.push(text);
  }
  expect(taken.length).toBeGreaterThan(10);
  return taken;
}
