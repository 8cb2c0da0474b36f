import type { WireTranscript } from '../../shared/protocol/index.ts';
import {
  type AgentClient,
  connect,
  connectAgent,
  connectNewAgent,
  connectVisitor,
  type EventRefused,
  type VisitorClient,
} from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';

describeOnEveryStore('a chat', (start) => {
  let test: TestServer;
  let agent: AgentClient;
  let visitor: VisitorClient;

  beforeAll(async () => {
    test = await start();
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    visitor = await connectVisitor(test);
  });
  afterEach(() => {
    agent.close();
    visitor.close();
  });

  const transcript = async (id: string): Promise<WireTranscript> => {
    const { accessToken, accountId } = await test.signIn();
    const path = `/accounts/${accountId}/conversations/${id}?include=messages,profile`;
    return (await test.call<WireTranscript>('GET', path, undefined, accessToken)).body;
  };

  it('goes both ways, live, and is in the transcript', async () => {
    const chat = await visitor.emit('chat:start', {});
    expect(chat.status).toBe('active');
    const { conversationId } = chat;
    await agent.next('chat:assigned', ({ id }) => id === conversationId);
    const asked = await visitor.emit('message:send', {
      conversationId,
      clientId: 'v1',
      text: 'Where is my parcel?',
    });
    expect(asked).toMatchObject({ seq: 1, text: 'Where is my parcel?', redacted: 0 });
    const seen = await agent.next('message:new', (message) => message.conversationId === conversationId);
    expect(seen).toMatchObject({ id: asked.id, seq: 1, from: { kind: 'visitor' }, kind: 'text' });
    await agent.emit('message:send', { conversationId, clientId: 'a1', text: 'It comes tomorrow.' });
    expect(await visitor.next('message:new')).toMatchObject({ seq: 2, text: 'It comes tomorrow.' });
    const kept = await transcript(conversationId);
    expect(kept.messages?.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'Where is my parcel?'],
      [2, 'It comes tomorrow.'],
    ]);
  });

  it('P1 keeps every acknowledged message once, in seq order without gaps', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    const sent = await Promise.all(
      Array.from({ length: 120 }, (_, index) => {
        const message = { conversationId, clientId: `m${index}`, text: `message ${index}` };
        return index % 3 === 0 ? agent.emit('message:send', message) : visitor.emit('message:send', message);
      }),
    );
    const kept = (await transcript(conversationId)).messages ?? [];
    expect(kept.map(({ seq }) => seq)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    expect(new Map(sent.map(({ id, seq, text }) => [id, `${seq} ${text}`]))).toEqual(
      new Map(kept.map(({ id, seq, text }) => [id, `${seq} ${text}`])),
    );
    const own = kept.filter(({ from }) => from.kind === 'visitor').map(({ text }) => text);
    const inOrder = Array.from({ length: 120 }, (_, index) => index).filter((index) => index % 3 !== 0);
    expect(own).toEqual(inOrder.map((index) => `message ${index}`));
  });

  it('P3 answers a repeated clientId as the first time and stores nothing', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    const message = { conversationId, clientId: 'same', text: 'only once' };
    const [first, second] = await Promise.all([
      visitor.emit('message:send', message),
      visitor.emit('message:send', message),
    ]);
    expect(second).toEqual(first);
    await visitor.emit('message:send', { conversationId, clientId: 'other', text: 'and on' });
    expect(await visitor.emit('message:send', { ...message, text: 'changed' })).toEqual(first);
    await agent.emit('chat:close', { conversationId });
    expect(await visitor.emit('message:send', message)).toEqual(first);
    expect((await transcript(conversationId)).messages).toHaveLength(2);
  });

  it('P5 gives a conversation to exactly one of two agents who accept at once', async () => {
    await agent.emit('presence:set', { status: 'away' });
    const other = await connectNewAgent(test, `Second${Date.now()}`);
    // Who wins is chance, and may be the same one each time.
    await other.emit('presence:set', { status: 'away', capacity: 50 });
    for (let round = 0; round < 5; round += 1) {
      const guest = await connectVisitor(test);
      const { conversationId, status } = await guest.emit('chat:start', {});
      expect(status).toBe('queued');
      const outcomes = await Promise.allSettled([
        agent.emit('chat:accept', { conversationId }),
        other.emit('chat:accept', { conversationId }),
      ]);
      const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(won).toHaveLength(1);
      expect(lost.map(({ reason }) => (reason as EventRefused).code)).toEqual(['conversation.taken']);
      guest.close();
    }
    other.close();
  });

  it('resumes by seq after a break, with the whole state', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('message:send', { conversationId, clientId: '1', text: 'one' });
    visitor.close();
    await agent.emit('message:send', { conversationId, clientId: '2', text: 'two' });
    await agent.emit('note:add', { conversationId, clientId: '3', text: 'a note' });
    await agent.emit('chat:close', { conversationId });
    expect(await agent.emit('chat:resume', { conversationId, afterSeq: 0 })).toMatchObject({
      status: 'closed',
      messages: [{ seq: 1 }, { seq: 2 }, { seq: 3, kind: 'note' }],
    });
  });

  it('never shows a note to the visitor', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await agent.emit('note:add', { conversationId, clientId: 'n', text: 'careful with this one' });
    await agent.emit('message:send', { conversationId, clientId: 'm', text: 'hello' });
    await visitor.next('message:new', ({ text }) => text === 'hello');
    expect(visitor.all('message:new').filter(({ kind }) => kind === 'note')).toEqual([]);
    const resumed = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(resumed.messages.map(({ text }) => text)).toEqual(['hello']);
  });

  it('shows typing and seen marks to the other side', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('typing', { conversationId, active: true, text: 'my number is 8112189876' });
    const typing = await agent.next('typing', (notice) => notice.conversationId === conversationId);
    expect(typing.active).toBe(true);
    expect(typing.text).not.toContain('8112189876');
    const { seq } = await visitor.emit('message:send', { conversationId, clientId: '1', text: 'hi' });
    await agent.emit('message:seen', { conversationId, seq });
    expect(await visitor.next('message:seen')).toMatchObject({ seq, from: { kind: 'agent' } });
  });

  it('takes a rating and keeps it with the conversation', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('chat:end', { conversationId });
    await visitor.emit('chat:rate', { conversationId, score: 5, comment: 'very kind' });
    expect(await transcript(conversationId)).toMatchObject({
      status: 'closed',
      closedBy: 'visitor',
      rating: 5,
      profile: { ratingComment: 'very kind' },
    });
  });

  it('answers an unknown event and a malformed payload, and harms nobody', async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    const strange: [string, ...unknown[]][] = [
      ['no:such'],
      ['__proto__', {}],
      ['constructor', {}],
      ['message:send', null],
      ['message:send', 'text'],
      ['message:send', { conversationId, clientId: 7, text: [] }],
      ['message:send', { conversationId, clientId: 'a\0b', text: 'x' }],
      ['message:send', { conversationId, clientId: '\ud800', text: 'x' }],
      ['chat:rate', { conversationId, score: 9 }],
      ['chat:resume', { conversationId, afterSeq: -1 }],
    ];
    for (const [name, ...args] of strange) {
      expect(await visitor.emitRaw(name, ...args)).toMatchObject({
        ok: false,
        error: { code: 'bad_request' },
      });
    }
    const long = { conversationId, clientId: 'long', text: 'x'.repeat(4_001) };
    await expect(visitor.emit('message:send', long)).rejects.toMatchObject({ code: 'message.too_long' });
    expect(await visitor.emit('message:send', { ...long, text: 'still here' })).toMatchObject({ seq: 1 });
  });

  it("P6 answers not_found for another visitor's conversation", async () => {
    const { conversationId } = await visitor.emit('chat:start', {});
    const stranger = await connectVisitor(test);
    for (const [name, payload] of [
      ['message:send', { conversationId, clientId: 'x', text: 'let me in' }],
      ['chat:resume', { conversationId, afterSeq: 0 }],
      ['typing', { conversationId, active: true }],
      ['message:seen', { conversationId, seq: 1 }],
      ['chat:end', { conversationId }],
      ['chat:rate', { conversationId, score: 1 }],
    ] as const) {
      expect(await stranger.emitRaw(name, payload)).toMatchObject({
        ok: false,
        error: { code: 'not_found' },
      });
    }
    stranger.close();
  });

  it('refuses a handshake without a good token with a code', async () => {
    for (const auth of [{}, { token: 'nonsense' }, { token: 7 }]) {
      await expect(connect(`${test.url}/visitor`, auth)).rejects.toMatchObject({
        data: { code: 'auth.required' },
      });
      await expect(connect(`${test.url}/agent`, { ...auth, accountId: 'x' })).rejects.toMatchObject({
        data: { code: 'auth.required' },
      });
    }
  });
});
