import { connectVisitor } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import { FakeClock } from '../support/fake-clock.ts';

describeOnEveryStore('a write without an answer', (start) => {
  it('P1 is given up after its deadline and sent again, and holds nobody up for ever', async () => {
    const clock = new FakeClock(Date.now());
    const test = await start({ clock });
    const { messages } = test.server.stores;
    const append = messages.append.bind(messages);
    const visitor = await connectVisitor(test);
    const { conversationId } = await visitor.emit('chat:start', {});
    let calls = 0;
    let began = (): void => {};
    const written = new Promise<void>((resolve) => {
      began = resolve;
    });
    messages.append = async (batch) => {
      calls += 1;
      const outcomes = await append(batch);
      if (calls > 1) return outcomes;
      began();
      return new Promise(() => {});
    };
    const sending = visitor.emit('message:send', { conversationId, clientId: '1', text: 'hello' });
    await written;
    await clock.advanceAsync(8_100);
    expect(await sending).toMatchObject({ seq: 1 });
    messages.append = append;
    expect(await visitor.emit('message:send', { conversationId, clientId: '2', text: 'on' })).toMatchObject({
      seq: 2,
    });
    const { messages: kept } = await visitor.emit('chat:resume', { conversationId, afterSeq: 0 });
    expect(kept.map(({ text }) => text)).toEqual(['hello', 'on']);
    visitor.close();
    await test.close();
  });
});
