import fc from 'fast-check';
import type { ChatClient } from '../../../widget/frame/chat-client.ts';
import { createChatClient } from '../../../widget/frame/chat-client.ts';
import { conversationOf } from '../../../widget/frame/core/state.ts';
import { createFakeServer, type FakeServer, refusal } from './support/fake-server.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);

function makeClient(server: FakeServer): ChatClient {
  let ids = 0;
  const client = createChatClient({
    openSession: server.openSession,
    fetch,
    createLink: server.createLink,
    newId: () => `m${++ids}`,
    random: () => 0.5,
  });
  client.connect();
  return client;
}

async function online(): Promise<{ server: FakeServer; client: ChatClient }> {
  const server = createFakeServer();
  const client = makeClient(server);
  await pass(100);
  return { server, client };
}

const shown = (client: ChatClient) => client.state.timeline.stored.map(({ text }) => text);
const statusOf = (client: ChatClient) => conversationOf(client.state)?.status;
const asked = (server: FakeServer, name: string) =>
  server.requests.filter((request) => request.name === name).map(({ payload }) => payload);

describe('chat client: connection', () => {
  it('tells the site and comes online', async () => {
    const { client } = await online();
    expect(client.state.connection).toBe('online');
    expect(client.state.site?.name).toBe('Shop');
  });

  it('opens a new session when the handshake refuses the token', async () => {
    const { server, client } = await online();
    server.refuseHandshakes('auth.token_expired');
    server.cut();
    server.restore();
    expect(client.state.connection).toBe('lost');
    await pass(2_000);
    expect(client.state.connection).toBe('online');
    expect(server.sessionsOpened).toHaveLength(2);
  });

  it('keeps the token when the server is only busy', async () => {
    const server = createFakeServer();
    server.refuseHandshakes('rate_limited', 'shutting_down', undefined);
    const client = makeClient(server);
    await pass(10_000);
    expect(client.state.connection).toBe('online');
    expect(server.sessionsOpened).toHaveLength(1);
  });

  it('gives up for good when no site has this key', async () => {
    const server = createFakeServer();
    server.answerSessions({ kind: 'final' });
    const client = makeClient(server);
    await pass(120_000);
    expect(client.state.connection).toBe('refused');
    expect(server.sessionsOpened).toHaveLength(1);
  });

  it('waits as long as the server asks before it opens a session again', async () => {
    const server = createFakeServer();
    server.answerSessions({ kind: 'retry', afterMs: 30_000 });
    makeClient(server);
    await pass(29_000);
    expect(server.sessionsOpened).toHaveLength(1);
    await pass(2_000);
    expect(server.sessionsOpened).toHaveLength(2);
  });

  it('makes a connection anew that gives no answer', async () => {
    const { server, client } = await online();
    client.send('one');
    await pass(200);
    server.loseAnswers(1);
    client.send('two');
    await pass(9_000);
    expect(asked(server, 'message:send')).toHaveLength(2);
    await pass(3_000);
    expect(asked(server, 'message:send')).toHaveLength(3);
    expect(client.state.connection).toBe('online');
    expect(shown(client)).toEqual(['one', 'two']);
    expect(client.state.timeline.pending).toEqual([]);
  });
});

describe('chat client: sending', () => {
  it('starts a chat with the first line and shows it as stored', async () => {
    const { server, client } = await online();
    client.send('hello');
    expect(client.state.timeline.pending).toEqual([{ clientId: 'm1', text: 'hello' }]);
    await pass(500);
    expect(client.state.timeline.pending).toEqual([]);
    expect(shown(client)).toEqual(['hello']);
    expect(asked(server, 'chat:start')).toHaveLength(1);
  });

  it('keeps what was written before the connection was there', async () => {
    const server = createFakeServer();
    server.cut();
    const client = makeClient(server);
    client.send('early');
    await pass(20_000);
    expect(client.state.timeline.pending).toEqual([{ clientId: 'm1', text: 'early' }]);
    server.restore();
    await pass(20_000);
    expect(shown(client)).toEqual(['early']);
  });

  it('sends under the same clientId after a break, and shows the line once', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(200);
    client.send('b');
    await pass(25);
    server.cut();
    client.send('c');
    await pass(5_000);
    server.restore();
    await pass(5_000);
    expect(shown(client)).toEqual(['a', 'b', 'c']);
    expect(server.chats[0]?.messages.map(({ clientId }) => clientId)).toEqual(['m1', 'm2', 'm3']);
  });

  it('names what was removed, also when the first answer was lost', async () => {
    const { server, client } = await online();
    client.send('hi');
    await pass(500);
    client.send('my pin is 1234');
    await pass(25);
    server.cut();
    server.restore();
    await pass(5_000);
    const line = client.state.timeline.stored.at(-1);
    expect(line?.text).toBe('my pin is ████');
    expect(line?.removed).toEqual([{ ruleId: 'r1', name: 'Four digits', count: 1 }]);
  });

  it('tries again by itself when the server cannot take a line now, and keeps the order', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.answerNext('message:send', refusal('store.unavailable'));
    server.answerNext('message:send', refusal('rate_limited', 4_000));
    client.send('b');
    client.send('c');
    await pass(1_000);
    expect(client.state.timeline.pending).toHaveLength(2);
    await pass(8_000);
    expect(shown(client)).toEqual(['a', 'b', 'c']);
  });

  it('marks a line that is refused, sends the next, and sends it again when asked', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.answerNext('message:send', refusal('message.too_long'));
    client.send('b');
    client.send('c');
    await pass(500);
    expect(client.state.timeline.pending).toEqual([{ clientId: 'm2', text: 'b', error: 'message.too_long' }]);
    expect(shown(client)).toEqual(['a', 'c']);
    client.retry('m2');
    await pass(500);
    expect(shown(client)).toEqual(['a', 'c', 'b']);
    expect(asked(server, 'message:send')).toHaveLength(4);
  });

  it('fails the lines when no chat can be started, and starts one on retry', async () => {
    const { server, client } = await online();
    server.answerNext('chat:start', refusal('forbidden'));
    client.send('a');
    client.send('b');
    await pass(500);
    expect(client.state.timeline.pending.map(({ error }) => error)).toEqual(['forbidden', 'forbidden']);
    client.retry('m1');
    client.retry('m2');
    await pass(500);
    expect(shown(client)).toEqual(['a', 'b']);
    expect(server.chats).toHaveLength(1);
  });

  it('asks for a chat again by itself while the server cannot give one, but not for ever', async () => {
    const { server, client } = await online();
    server.answerNext('chat:start', refusal('store.unavailable'));
    client.send('a');
    await pass(5_000);
    expect(shown(client)).toEqual(['a']);
    client.endChat();
    await pass(500);
    client.newChat();
    for (let tries = 0; tries < 50; tries++) server.answerNext('chat:start', refusal('internal'));
    client.send('b');
    await pass(300_000);
    expect(client.state.timeline.pending).toEqual([{ clientId: 'm2', text: 'b', error: 'internal' }]);
    expect(asked(server, 'chat:start').length).toBeLessThan(10);
  });

  it('forgets a line that is discarded', async () => {
    const { server, client } = await online();
    server.answerNext('chat:start', refusal('forbidden'));
    client.send('a');
    await pass(500);
    client.discard('m1');
    expect(client.state.timeline.pending).toEqual([]);
  });
});

describe('chat client: receiving', () => {
  it('fetches what came while it was away, and no line twice', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.agentSays('b');
    await pass(100);
    server.cut();
    server.agentSays('c');
    server.agentNotes('not for the visitor');
    server.agentSays('d');
    server.restore();
    await pass(2_000);
    expect(shown(client)).toEqual(['a', 'b', 'c', 'd']);
    expect(client.state.timeline.completeSeq).toBe(5);
  });

  it('asks for what an event never told', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.storeSilently('lost');
    server.agentSays('told');
    await pass(1_000);
    expect(shown(client)).toEqual(['a', 'lost', 'told']);
  });

  it('does not ask again and again because of a note', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.agentNotes('note');
    server.agentSays('b');
    await pass(60_000);
    expect(asked(server, 'chat:resume')).toHaveLength(2);
  });

  it('shows a chat closed that was closed while it was away', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.cut();
    client.send('too late');
    server.agentCloses();
    server.restore();
    await pass(2_000);
    expect(statusOf(client)).toBe('closed');
    expect(client.state.timeline.pending).toEqual([
      { clientId: 'm2', text: 'too late', error: 'conversation.closed' },
    ]);
  });

  it('never opens a closed chat again by late news', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.agentCloses();
    server.toVisitor('chat:update', { conversationId: 'c1', status: 'active' });
    await pass(500);
    expect(statusOf(client)).toBe('closed');
  });

  it('takes up an open chat after the page was loaded anew, without counting its lines as news', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.agentSays('b');
    await pass(500);
    client.close();
    const second = makeClient(server);
    await pass(500);
    expect(shown(second)).toEqual(['a', 'b']);
    expect(second.state.unread).toBe(0);
    server.agentSays('c');
    await pass(500);
    expect(second.state.unread).toBe(1);
    second.watching(true);
    expect(second.state.unread).toBe(0);
  });

  it('takes up a chat that another tab has started', async () => {
    const { server, client } = await online();
    server.chats.push({ id: 'c9', messages: [], seq: 0, status: 'active' });
    server.storeSilently('welcome');
    server.toVisitor('chat:update', { conversationId: 'c9', status: 'active' });
    await pass(500);
    expect(shown(client)).toEqual(['welcome']);
    client.send('here too');
    await pass(500);
    expect(asked(server, 'chat:start')).toEqual([]);
    expect(shown(client)).toEqual(['welcome', 'here too']);
  });

  it('corrects a stored line', async () => {
    const { server, client } = await online();
    client.send('12');
    await pass(500);
    server.toVisitor('message:update', { conversationId: 'c1', seq: 1, text: '██', redacted: 1 });
    await pass(100);
    expect(client.state.timeline.stored[0]).toMatchObject({ text: '██', redacted: 1 });
  });

  it('shows the agent writing until a line, a stop or silence', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    const typing = { conversationId: 'c1', from: { kind: 'agent' }, active: true } as const;
    server.toVisitor('typing', typing);
    await pass(100);
    expect(client.state.agentTyping).toBe(true);
    server.agentSays('b');
    await pass(100);
    expect(client.state.agentTyping).toBe(false);
    server.toVisitor('typing', typing);
    await pass(9_000);
    expect(client.state.agentTyping).toBe(false);
  });

  it('reports what was seen only while somebody looks, and again after a break', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.agentSays('b');
    await pass(500);
    expect(asked(server, 'message:seen')).toEqual([]);
    client.watching(true);
    await pass(100);
    expect(asked(server, 'message:seen')).toEqual([{ conversationId: 'c1', seq: 2 }]);
    server.agentSays('c');
    await pass(15);
    server.cut();
    server.restore();
    await pass(2_000);
    expect(asked(server, 'message:seen').at(-1)).toEqual({ conversationId: 'c1', seq: 3 });
  });
});

describe('chat client: the end', () => {
  it('ends a chat, also when the connection breaks just then', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.cut();
    client.endChat();
    expect(client.state.ending).toBe(true);
    server.restore();
    await pass(2_000);
    expect(statusOf(client)).toBe('closed');
    expect(client.state.ending).toBe(false);
    expect(server.chats[0]?.status).toBe('closed');
  });

  it('says whether a rating arrived', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    client.endChat();
    await pass(500);
    server.answerNext('chat:rate', refusal('internal'));
    client.rate(4, '');
    await pass(500);
    expect(client.state.rating).toBe('failed');
    client.rate(4, ' good ');
    await pass(500);
    expect(client.state.rating).toBe('sent');
    expect(asked(server, 'chat:rate').at(-1)).toEqual({ conversationId: 'c1', score: 4, comment: 'good' });
  });

  it('starts a new chat apart from the old one', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    client.endChat();
    await pass(500);
    client.newChat();
    expect(client.state.phase).toEqual({ name: 'none' });
    client.startChat({ topic: 'returns' });
    await pass(500);
    client.send('b');
    await pass(500);
    expect(server.chats.map(({ messages }) => messages.map(({ text }) => text))).toEqual([['a'], ['b']]);
    expect(asked(server, 'chat:start').at(-1)).toEqual({ prechat: { topic: 'returns' } });
  });

  it('leaves a chat that the server no longer has', async () => {
    const { server, client } = await online();
    client.send('a');
    await pass(500);
    server.cut();
    server.chats.length = 0;
    server.restore();
    await pass(2_000);
    expect(client.state.phase).toEqual({ name: 'none' });
    expect(shown(client)).toEqual([]);
  });
});

describe('chat client: over a bad network', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('send') },
    { weight: 4, arbitrary: fc.constant('agent') },
    { weight: 1, arbitrary: fc.constant('note') },
    { weight: 1, arbitrary: fc.constant('silent') },
    { weight: 2, arbitrary: fc.constant('cut') },
    { weight: 2, arbitrary: fc.constant('restore') },
    { weight: 1, arbitrary: fc.constant('lose') },
    { weight: 1, arbitrary: fc.constant('expire') },
    { weight: 1, arbitrary: fc.constant('busy') },
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 3_000 }) },
  );

  async function play(steps: readonly (string | number)[]) {
    const { server, client } = await online();
    let count = 0;
    const acts: Record<string, () => void> = {
      send: () => client.send(`own ${++count}`),
      agent: () => server.agentSays(`agent ${++count}`),
      note: () => server.agentNotes('note'),
      silent: () => server.storeSilently(`silent ${++count}`),
      cut: server.cut,
      restore: server.restore,
      lose: () => server.loseAnswers(1),
      expire: () => server.refuseHandshakes('auth.token_expired'),
      busy: () => void server.answerNext('message:send', refusal('store.unavailable')),
    };
    for (const action of steps) {
      if (typeof action === 'number') await pass(action);
      else acts[action]?.();
    }
    server.loseAnswers(0);
    server.restore();
    await pass(120_000);
    // One more break: whatever no event told is fetched after it.
    server.cut();
    server.restore();
    await pass(30_000);
    return { server, client };
  }

  it(`loses and doubles no line, in order (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { server, client } = await play(steps);
        const stored = server.chats[0]?.messages.filter(({ kind }) => kind !== 'note') ?? [];
        const written = steps.filter((action) => action === 'send').length;
        const own = stored.filter(({ from }) => from.kind === 'visitor');
        expect(client.state.timeline.pending).toEqual([]);
        expect(own).toHaveLength(written);
        expect(own.map(({ clientId }) => clientId)).toEqual(own.map((_, index) => `m${index + 1}`));
        expect(shown(client)).toEqual(stored.map(({ text }) => text));
        client.close();
      }),
      { seed, numRuns: 150 },
    );
  });
});
