import type { ServerToVisitor, VisitorEvents } from '../../shared/protocol/index.ts';
import {
  type AgentClient,
  connect,
  connectAgent,
  connectVisitor,
  TestClient,
  type VisitorClient,
} from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';
import { type RedactionAdmin, redactionAdmin } from './redaction-support.ts';

/** 811218-9876, valid by its check digit, over three messages. */
const PARTS = ['my number is 8112', '18-98', '76, thank you'];
const REST = /8112|18-98|76/;

describeOnEveryStore('a number split over messages', (start) => {
  let test: TestServer;
  let admin: RedactionAdmin;
  let agent: AgentClient;
  let visitor: VisitorClient;
  let conversationId: string;

  beforeEach(async () => {
    test = await start();
    admin = await redactionAdmin(test);
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online', capacity: 50 });
    const session = await test.openVisitorSession();
    visitor = await connectVisitor(test, session.visitorToken);
    conversationId = (await visitor.emit('chat:start', {})).conversationId;
  });
  afterEach(async () => {
    agent.close();
    visitor.close();
    await test.close();
  });

  const send = (from: VisitorClient | AgentClient, clientId: string, text = PARTS[Number(clientId)] ?? '') =>
    // Both namespaces take the same message.
    (from as VisitorClient).emit('message:send', { conversationId, clientId, text });

  /** Both screens as they stand after every correction; a text that was never shown is not among them. */
  const screen = (client: VisitorClient | AgentClient): string[] => {
    const texts = new Map<number, string>();
    for (const { name, payload } of client.received) {
      if (name !== 'message:new' && name !== 'message:update') continue;
      const { seq, text } = payload as { seq: number; text: string };
      texts.set(seq, text);
    }
    return [...texts.values()];
  };

  /** The transcript answers 200 only when its chain and its anchor hold. */
  const expectClean = async (seqs: readonly number[]): Promise<void> => {
    await test.server.pipeline.drain();
    const { messages = [] } = await admin.transcript(conversationId);
    expect(messages.map(({ seq }) => seq)).toEqual(seqs);
    expect(JSON.stringify(messages.map(({ text }) => text))).not.toMatch(REST);
    const resumed = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(JSON.stringify(resumed.messages.map(({ text }) => text))).not.toMatch(REST);
  };

  const corrected = (client: VisitorClient | AgentClient, seq: number) =>
    (client as AgentClient).next('message:update', (update) => update.seq === seq && update.redacted > 0);

  it('M4 by the visitor is taken out of every part when the last one comes', async () => {
    await send(visitor, '0');
    await send(visitor, '1');
    expect(JSON.stringify((await admin.transcript(conversationId)).messages)).toMatch(REST);
    await visitor.emit('typing', { conversationId, active: true, text: PARTS[2] });
    expect((await agent.next('typing', ({ text }) => text !== undefined)).text).toBe('████, thank you');
    const last = await send(visitor, '2');
    expect(last.redacted).toBe(1);
    expect(last.removed).toMatchObject([{ count: 1 }]);
    for (const client of [visitor, agent]) {
      for (const seq of [1, 2]) expect((await corrected(client, seq)).text).not.toMatch(REST);
    }
    expect(JSON.stringify(screen(agent))).not.toMatch(REST);
    await expectClean([1, 2, 3]);
  });

  it('M4 by the agent likewise', async () => {
    for (const part of ['0', '1', '2']) await send(agent, part);
    for (const client of [visitor, agent]) for (const seq of [1, 2]) await corrected(client, seq);
    expect(JSON.stringify(screen(visitor))).not.toMatch(REST);
    await expectClean([1, 2, 3]);
  });

  it('is caught when its parts wait for one commit, and no part of it is ever shown', async () => {
    await Promise.all(['0', '1', '2'].map((part) => send(visitor, part)));
    await agent.next('message:new', ({ seq }) => seq === 3);
    await expectClean([1, 2, 3]);
    expect(JSON.stringify(screen(agent))).not.toMatch(REST);
  });

  it('is caught with a line of the agent between its parts', async () => {
    await send(visitor, '0');
    await send(agent, 'a1', 'go on');
    await send(visitor, '1');
    await send(agent, 'a2', 'and the rest?');
    await send(visitor, '2');
    await corrected(agent, 1);
    await corrected(agent, 3);
    await expectClean([1, 2, 3, 4, 5]);
  });

  it('is caught when the server stopped between its parts, and the sender says it again as before', async () => {
    const session = await test.openVisitorSession();
    visitor.close();
    visitor = await connectVisitor(test, session.visitorToken);
    conversationId = (await visitor.emit('chat:start', {})).conversationId;
    await send(visitor, '0');
    const second = await send(visitor, '1');
    for (const client of [agent, visitor]) client.close();
    const { dataDir } = test;
    await test.close({ keepData: true });
    test = await start({ dataDir });
    admin = await redactionAdmin(test);
    agent = await connectAgent(test);
    visitor = await connectVisitorOf(session.token);
    const [repeated] = await Promise.all([send(visitor, '1'), send(visitor, '2')]);
    expect([repeated.id, repeated.seq]).toEqual([second.id, second.seq]);
    await corrected(visitor, 1);
    await corrected(visitor, 2);
    await expectClean([1, 2, 3]);
  });

  it('does not take two numbers of different people for one', async () => {
    await send(visitor, '0');
    await send(agent, '1');
    await send(visitor, 'x', 'that is all');
    const { messages = [] } = await admin.transcript(conversationId);
    expect(messages.map(({ redacted }) => redacted)).toEqual([0, 0, 0]);
  });

  async function connectVisitorOf(token: string): Promise<VisitorClient> {
    const socket = await connect(`${test.url}/visitor`, { token });
    return Object.assign(new TestClient<VisitorEvents, ServerToVisitor>(socket), { sessionId: '', token });
  }
});
