import type { ToPage } from '../../../widget/bridge/messages.ts';
import { createChatClient } from '../../../widget/frame/chat-client.ts';
import { createShell } from '../../../widget/frame/shell.ts';
import { createFakeServer } from './support/fake-server.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);

function start() {
  const server = createFakeServer();
  const client = createChatClient({
    openSession: server.openSession,
    fetch,
    createLink: server.createLink,
    newId: () => 'm1',
    random: () => 0.5,
  });
  const shell = createShell(client);
  const messages: ToPage[] = [];
  shell.attach((message) => messages.push(message));
  const views = () => messages.flatMap((message) => (message.type === 'layout' ? [message.view] : []));
  const events = () =>
    messages.flatMap((message) => (message.type === 'event' ? [[message.event, message.detail]] : []));
  return { server, client, shell, messages, views, events };
}

describe('shell', () => {
  it('shows nothing before the site is known, and nothing ever when there is no such site', async () => {
    const { server, client, views } = start();
    server.answerSessions({ kind: 'final' });
    client.connect();
    await pass(1_000);
    expect(views()).toEqual(['hidden']);
  });

  it('follows the page’s commands and tells its layout only when it changes', async () => {
    const { client, shell, views, events } = start();
    client.connect();
    await pass(1_000);
    for (const command of ['open', 'open', 'hide', 'show', 'close'] as const) shell.command(command);
    expect(views()).toEqual(['hidden', 'launcher', 'panel', 'hidden', 'panel', 'launcher']);
    expect(events().map(([name]) => name)).toEqual(['ready', 'open', 'close']);
  });

  it('opens as soon as the site is known when the page asked before', async () => {
    const { client, shell, views } = start();
    shell.command('open');
    client.connect();
    await pass(1_000);
    expect(views()).toEqual(['hidden', 'panel']);
  });

  it('tells the page of a chat without any of its text', async () => {
    const { server, client, messages, events } = start();
    client.connect();
    await pass(1_000);
    client.send('a secret');
    await pass(1_000);
    server.agentSays('another secret');
    await pass(1_000);
    client.endChat();
    await pass(1_000);
    expect(events()).toEqual([
      ['ready', {}],
      ['chat:started', { conversationId: 'c1' }],
      ['unread', { count: 1 }],
      ['chat:ended', { conversationId: 'c1' }],
    ]);
    expect(JSON.stringify(messages)).not.toContain('secret');
  });

  it('names the frame in the language of the moment, on the side that the site has chosen', async () => {
    const { server, client, shell, messages } = start();
    server.setSite({ theme: { primaryColor: '#000000', position: 'left', title: 'Chat', greeting: '' } });
    client.connect();
    await pass(1_000);
    shell.setTitle('Chatt');
    expect(messages.at(-1)).toEqual({ type: 'layout', view: 'launcher', position: 'left', title: 'Chatt' });
  });
});
