import { LiveClient } from '../../../console/live/live-client.ts';
import type { Alert } from '../../../console/live/live-deps.ts';
import { hasUnsent, type PresenceIntent, unreadOf, waitingCount } from '../../../console/live/state.ts';
import { conversation, FakeServer, ME, refusal, settle, Timers } from './fake-server.ts';

function setUp(intent?: PresenceIntent) {
  const server = new FakeServer();
  const timers = new Timers();
  const alerts: Alert[] = [];
  let count = 0;
  const client = new LiveClient({
    link: server.link,
    me: ME,
    newClientId: () => `line-${++count}`,
    now: () => new Date('2026-01-05T09:00:00.000Z'),
    after: timers.after,
    alert: (alert) => alerts.push(alert),
    intent,
  });
  return { server, timers, alerts, client };
}

async function started(intent?: PresenceIntent) {
  const parts = setUp(intent);
  parts.server.put(conversation('one'));
  parts.client.start();
  await settle();
  return parts;
}

const textsOf = (client: LiveClient, id = 'one') =>
  client.state.get().chats[id]?.messages.map((message) => message.text);

describe('the live client', () => {
  it('shows the queue and the own chats with their messages after connecting', async () => {
    const { server, client } = setUp();
    server.put(conversation('one'));
    server.put(conversation('two', { status: 'queued', queuedAt: '2026-01-05T08:00:00.000Z' }));
    server.put(conversation('three', { status: 'queued', queuedAt: '2026-01-05T07:00:00.000Z' }));
    server.visitorWrites('one', 'hello');
    client.start();
    await settle();
    expect(client.state.get().queue.map(({ id }) => id)).toEqual(['three', 'two']);
    expect(client.state.get().order).toEqual(['one']);
    expect(textsOf(client)).toEqual(['hello']);
  });

  it('sends a line once, shows it at once, and replaces it by what was stored', async () => {
    const { server, client } = await started();
    client.send('one', { text: 'hi', kind: 'text' });
    expect(client.state.get().chats.one?.pending).toHaveLength(1);
    await settle();
    expect(client.state.get().chats.one?.pending).toEqual([]);
    expect(textsOf(client)).toEqual(['hi']);
    expect(server.texts('one')).toEqual(['hi']);
  });

  it.each(['before', 'after'] as const)(
    'neither loses nor doubles lines cut %s the server',
    async (where) => {
      const { server, client } = await started();
      let cuts = 0;
      server.cutAround = (name) => (name === 'message:send' && cuts++ === 1 ? where : undefined);
      for (const text of ['a', 'b', 'c']) client.send('one', { text, kind: 'text' });
      await settle();
      expect(client.state.get().connection.kind).toBe('reconnecting');
      client.send('one', { text: 'd', kind: 'note' });
      server.connect();
      await settle();
      expect(server.texts('one')).toEqual(['a', 'b', 'c', 'd']);
      expect(textsOf(client)).toEqual(['a', 'b', 'c', 'd']);
      expect(client.state.get().chats.one?.pending).toEqual([]);
      expect(server.payloads('note:add')).toHaveLength(1);
    },
  );

  it('has one line of a chat under way at a time, so that none overtakes another', async () => {
    const { server, client } = await started();
    for (const text of ['a', 'b', 'c']) client.send('one', { text, kind: 'text' });
    await settle();
    expect(server.texts('one')).toEqual(['a', 'b', 'c']);
    expect(server.mostUnderWay).toBe(1);
  });

  it('sends a line again when its answer never comes, and it is stored once', async () => {
    const { server, timers, client } = await started();
    let silences = 0;
    server.cutAround = (name) => (name === 'message:send' && silences++ === 0 ? 'silence' : undefined);
    client.send('one', { text: 'x', kind: 'text' });
    client.send('one', { text: 'y', kind: 'text' });
    await settle();
    expect(server.payloads('message:send')).toHaveLength(1);
    timers.advance(2_000);
    await settle();
    expect(server.texts('one')).toEqual(['x', 'y']);
    expect(server.payloads('message:send')).toHaveLength(3);
    expect(textsOf(client)).toEqual(['x', 'y']);
  });

  it('fetches what was said while the line was cut', async () => {
    const { server, client } = await started();
    server.visitorWrites('one', 'first');
    server.cut();
    server.visitorWrites('one', 'second');
    server.connect();
    await settle();
    expect(textsOf(client)).toEqual(['first', 'second']);
    expect(server.payloads('chat:resume').at(-1)).toEqual({ conversationId: 'one', afterSeq: 1 });
  });

  it('asks again for missed messages when the server could not answer', async () => {
    const { server, timers, client } = await started();
    server.cut();
    server.visitorWrites('one', 'missed');
    server.answers.set('chat:resume', () => refusal('rate_limited', true));
    server.connect();
    await settle();
    expect(textsOf(client)).toEqual([]);
    server.answers.clear();
    timers.advance(2_000);
    await settle();
    expect(textsOf(client)).toEqual(['missed']);
  });

  it('fills a gap when a message overtakes another, and takes a repeated one once', async () => {
    const { server, client } = await started();
    server.cut();
    server.visitorWrites('one', 'missed');
    const late = server.visitorWrites('one', 'late');
    const { cutAround } = server;
    server.cutAround = (name) => (name === 'chat:resume' ? 'before' : undefined);
    server.connect();
    await settle();
    server.cutAround = cutAround;
    server.connect();
    server.emit('message:new', late);
    server.emit('message:new', late);
    await settle();
    expect(textsOf(client)).toEqual(['missed', 'late']);
  });

  it('keeps a refused line with its reason until it is retried or given up', async () => {
    const { server, client } = await started();
    server.answers.set('message:send', () => refusal('message.too_long'));
    client.send('one', { text: 'x', kind: 'text' });
    await settle();
    expect(client.state.get().chats.one?.pending[0]?.refusal).toBe('refused: message.too_long');
    server.answers.clear();
    client.retry('one', 'line-1');
    await settle();
    expect(server.texts('one')).toEqual(['x']);
  });

  it('tries again by itself when the server cannot take a line just now', async () => {
    const { server, timers, client } = await started();
    server.answers.set('message:send', () => refusal('store.unavailable', true));
    client.send('one', { text: 'x', kind: 'text' });
    await settle();
    server.answers.clear();
    timers.advance(2_000);
    await settle();
    expect(textsOf(client)).toEqual(['x']);
  });

  it('says again after a reconnect what the user wants to be', async () => {
    const { server, client } = await started();
    await client.setPresence({ status: 'online', capacity: 3 });
    server.cut();
    server.connect();
    await settle();
    expect(server.payloads('presence:set')).toEqual([
      { status: 'online', capacity: 3 },
      { status: 'online', capacity: 3 },
    ]);
  });

  it('a second tab says nothing about presence, and follows what the first one chose', async () => {
    const { server, client } = await started();
    expect(server.payloads('presence:set')).toEqual([]);
    server.emit('presence:update', {
      agentId: ME.id,
      name: ME.name,
      status: 'online',
      capacity: 5,
      active: 1,
    });
    server.cut();
    server.connect();
    await settle();
    expect(server.payloads('presence:set')).toEqual([]);
    expect(client.state.get().presence[ME.id]?.status).toBe('online');
  });

  it('adopts what another tab chose later', async () => {
    const { server, client } = await started({ status: 'online', capacity: 3 });
    server.emit('presence:update', { agentId: ME.id, name: ME.name, status: 'away', capacity: 3, active: 0 });
    server.cut();
    server.connect();
    await settle();
    expect(server.payloads('presence:set').at(-1)).toEqual({ status: 'away', capacity: 3 });
    expect(client.state.get().intent?.status).toBe('away');
  });

  it('keeps what the user chose when an older notice arrives before the answer', async () => {
    const { server, client } = await started({ status: 'online', capacity: 3 });
    const done = client.setPresence({ status: 'away', capacity: 3 });
    server.emit('presence:update', {
      agentId: ME.id,
      name: ME.name,
      status: 'online',
      capacity: 3,
      active: 1,
    });
    await done;
    expect(client.state.get().intent?.status).toBe('away');
    expect(client.state.get().presence[ME.id]?.status).toBe('away');
  });

  it('accepts from the queue, opens the chat and clears it from the queue', async () => {
    const { server, client } = await started();
    server.put(conversation('two', { status: 'queued' }));
    server.visitorWrites('two', 'anyone?');
    server.emit('chat:offered', conversation('two', { status: 'queued' }));
    await client.accept('two');
    expect(client.state.get().selectedId).toBe('two');
    expect(client.state.get().queue).toEqual([]);
    expect(textsOf(client, 'two')).toEqual(['anyone?']);
  });

  it('tells why an accept failed and reads the queue again', async () => {
    const { server, timers, client } = await started();
    server.emit('chat:offered', conversation('two', { status: 'queued' }));
    server.answers.set('chat:accept', () => refusal('conversation.taken'));
    await expect(client.accept('two')).rejects.toThrow('refused: conversation.taken');
    timers.advance(500);
    await settle();
    expect(client.state.get().queue).toEqual([]);
  });

  it('counts unread messages in chats that are not open, and marks seen only what is looked at', async () => {
    const { server, client } = await started();
    server.visitorWrites('one', 'a');
    server.visitorWrites('one', 'b');
    const unread = () => {
      const chat = client.state.get().chats.one;
      return chat && unreadOf(chat);
    };
    expect(unread()).toBe(2);
    client.select('one');
    expect(unread()).toBe(0);
    client.setAttentive(false);
    server.visitorWrites('one', 'c');
    expect(unread()).toBe(1);
    client.setAttentive(true);
    await settle();
    expect(server.payloads('message:seen')).toEqual([
      { conversationId: 'one', seq: 2 },
      { conversationId: 'one', seq: 3 },
    ]);
  });

  it('shows the preview while the visitor writes, until sent or silent', async () => {
    const { server, timers, client } = await started();
    const typing = () => client.state.get().chats.one?.typing;
    const notice = { conversationId: 'one', from: { kind: 'visitor' as const }, active: true };
    server.emit('typing', { ...notice, text: 'I wo' });
    expect(typing()).toEqual({ text: 'I wo' });
    server.visitorWrites('one', 'I wonder');
    expect(typing()).toBeUndefined();
    server.emit('typing', notice);
    timers.advance(8_000);
    expect(typing()).toBeUndefined();
  });

  it('tells the visitor about typing now and then, and once when it stops', async () => {
    const { server, timers, client } = await started();
    for (let key = 0; key < 8; key += 1) {
      client.composing('one');
      timers.advance(500);
    }
    timers.advance(5_000);
    await settle();
    const active = server.payloads('typing').map((payload) => (payload as { active: boolean }).active);
    expect(active).toEqual([true, true, false]);
  });

  it('replaces a text that was redacted afterwards', async () => {
    const { server, client } = await started();
    server.visitorWrites('one', '4111 1111');
    server.emit('message:update', { conversationId: 'one', seq: 1, text: '████', redacted: 1 });
    expect(textsOf(client)).toEqual(['████']);
  });

  it('shows after a reconnect that a chat was closed or taken meanwhile', async () => {
    const { server, client } = await started();
    server.cut();
    server.put(conversation('one', { status: 'closed' }));
    server.connect();
    await settle();
    expect(client.state.get().chats.one?.conversation.status).toBe('closed');
  });

  it('puts a chat away that may not be seen any more, unless a line waits in it', async () => {
    const { server, client } = await started();
    server.answers.set('chat:resume', () => refusal('not_found'));
    server.cut();
    server.connect();
    await settle();
    expect(client.state.get().order).toEqual([]);
  });

  it('alerts about who waits only while the agent is online', async () => {
    const { server, client, alerts } = await started();
    server.emit('chat:offered', conversation('two', { status: 'queued' }));
    expect(alerts).toEqual([]);
    await client.setPresence({ status: 'online' });
    server.emit('chat:offered', conversation('three', { status: 'queued' }));
    expect(alerts).toEqual([{ kind: 'offered', conversationId: 'three', caseId: 'C-three' }]);
  });

  it('counts who waits by the list, and beyond its end by what the server told', async () => {
    const { server, client } = await started();
    const queue = (size: number) =>
      Array.from({ length: size }, (_item, index) => conversation(`q${index}`, { status: 'queued' }));
    server.emit('queue:update', { length: 450 });
    client.state.set((state) => ({ ...state, queue: queue(3) }));
    expect(waitingCount(client.state.get())).toBe(3);
    client.state.set((state) => ({ ...state, queue: queue(200) }));
    expect(waitingCount(client.state.get())).toBe(450);
  });

  it('knows of lines that the server does not have yet', async () => {
    const { server, client } = await started();
    server.cut();
    client.send('one', { text: 'x', kind: 'text' });
    expect(hasUnsent(client.state.get())).toBe(true);
    server.connect();
    await settle();
    expect(hasUnsent(client.state.get())).toBe(false);
  });

  it('alerts without any text', async () => {
    const { server, alerts } = await started();
    server.visitorWrites('one', 'my secret');
    expect(alerts).toEqual([{ kind: 'message', conversationId: 'one', caseId: 'C-one' }]);
  });

  it('shows that the server will not let the user in', async () => {
    const { server, client } = await started();
    server.refuse('forbidden');
    expect(client.state.get().connection).toEqual({ kind: 'refused', code: 'forbidden' });
  });

  it('does nothing more once it is closed', async () => {
    const { server, timers, client } = await started();
    server.emit('chat:offered', conversation('two', { status: 'queued' }));
    client.close();
    const asked = server.asked.length;
    timers.advance(60_000);
    server.connect();
    await settle();
    expect(server.asked).toHaveLength(asked);
  });

  it('follows the chat of another until it is put away, again after a cut, and whispers to its agent', async () => {
    const { server, client } = await started();
    server.put(conversation('two', { agent: { id: 'agent-2', name: 'Bo' } }));
    server.visitorWrites('two', 'hello');
    await client.supervising.watch('two');
    expect(textsOf(client, 'two')).toEqual(['hello']);
    expect(client.state.get().selectedId).toBe('two');
    client.send('two', { text: 'offer a refund', kind: 'note' });
    await settle();
    expect(server.payloads('chat:whisper')).toHaveLength(1);
    expect(server.payloads('message:seen')).toEqual([]);
    server.cut();
    server.connect();
    await settle();
    expect(server.payloads('chat:monitor')).toEqual([{ conversationId: 'two' }, { conversationId: 'two' }]);
    client.putAway('two');
    await settle();
    expect(server.payloads('chat:monitor').at(-1)).toEqual({ conversationId: 'two', active: false });
    expect(client.state.get().order).toEqual(['one']);
  });

  it('takes off the desk what may not be watched any more', async () => {
    const { server, client } = await started();
    server.put(conversation('two', { agent: { id: 'agent-2', name: 'Bo' } }));
    await client.supervising.watch('two');
    server.answers.set('chat:monitor', () => refusal('forbidden'));
    server.cut();
    server.connect();
    await settle();
    expect(client.state.get().order).toEqual(['one']);
    expect(client.state.get().connection.kind).toBe('online');
  });

  it('makes the chat of another its own', async () => {
    const { server, client } = await started();
    server.put(conversation('two', { agent: { id: 'agent-2', name: 'Bo' } }));
    await client.supervising.watch('two');
    await client.supervising.takeOver('two');
    expect(client.state.get().chats.two).toMatchObject({ watched: false, conversation: { agent: ME } });
  });

  it('keeps what the user may do as it was last told', async () => {
    const { server, client } = await started();
    server.emit('access:update', { authorizations: ['conversation:read'] });
    const before = client.state.get();
    server.emit('access:update', { authorizations: ['conversation:read'] });
    expect(client.state.get()).toBe(before);
    expect(before.authorizations).toEqual(['conversation:read']);
  });
});
