import type { Browser } from 'playwright-core';
import type { WireConversation, WireTranscript } from '../../shared/protocol/index.ts';
import { launchBrowser } from '../support/browser.ts';
import type { AgentClient } from '../support/clients.ts';
import { connectAgent } from '../support/clients.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import {
  accessibilityFaults,
  buildVisitorPages,
  chatFrame,
  eventually,
  onlineAgent,
  type Visitor,
  visit,
} from './widget-page.ts';

jest.setTimeout(60_000);

const GREETING = 'Hello! How can we help?';

describe('the widget in a browser', () => {
  let browser: Browser;
  let test: TestServer;
  let proxy: TcpProxy;
  let agent: AgentClient;
  let visitor: Visitor;

  beforeAll(async () => {
    buildVisitorPages();
    browser = await launchBrowser();
    test = await startTestServer();
    proxy = await startTcpProxy(Number(new URL(test.url).port));
    agent = await onlineAgent(test, 'Anna');
  });
  afterAll(async () => {
    agent?.close();
    await browser?.close();
    await proxy?.close();
    await test?.close();
  });
  beforeEach(async () => {
    visitor = await visit(browser, `${proxy.url}/demo`);
  });
  afterEach(async () => {
    expect(visitor.errors).toEqual([]);
    await visitor.close();
  });

  const transcript = async (id: string) => {
    const { accessToken, accountId } = await test.signIn();
    const path = `/accounts/${accountId}/conversations/${id}?include=messages,profile`;
    return (await test.call<WireTranscript>('GET', path, undefined, accessToken)).body;
  };
  const storedTexts = async (id: string) => ((await transcript(id)).messages ?? []).map(({ text }) => text);
  /** Opens the chat, writes a first line and waits until the agent has it. */
  const startChat = async (text: string): Promise<WireConversation> => {
    await visitor.openChat();
    await visitor.write(text);
    const { conversationId } = await agent.next('message:new', (message) => message.text === text);
    return await agent.next('chat:assigned', ({ id }) => id === conversationId);
  };
  const agentSays = async (conversationId: string, text: string) =>
    await agent.emit('message:send', { conversationId, clientId: `a ${text}`, text });
  const linesAre = async (texts: string[]) => {
    const isSame = (lines: string[]) => JSON.stringify(lines) === JSON.stringify([GREETING, ...texts]);
    expect(await eventually(visitor.lines, isSame)).toEqual([GREETING, ...texts]);
  };

  it('carries a whole chat: start, both ways, typing, seen, end, rating, and another chat', async () => {
    const { chat } = visitor;
    const { id } = await startChat('Is the lamp in stock?');
    await chat.getByRole('banner').getByText('You are chatting with Anna').waitFor();
    await agent.emit('typing', { conversationId: id, active: true });
    await chat.getByTestId('typing').waitFor();
    await agentSays(id, 'Yes, twelve of them.');
    await visitor.reads('Yes, twelve of them.');
    await chat.getByTestId('typing').waitFor({ state: 'detached' });
    await agent.next('message:seen', ({ conversationId, seq }) => conversationId === id && seq >= 2);
    await chat.getByRole('textbox').pressSequentially('And the ');
    await agent.next('typing', (typing) => typing.conversationId === id && typing.active);
    await visitor.write('And the chair?');
    const second = await agent.next('message:new', ({ text }) => text === 'And the chair?');
    await agent.emit('message:seen', { conversationId: id, seq: second.seq });
    await chat.getByText('Seen').waitFor();
    await linesAre(['Is the lamp in stock?', 'Yes, twelve of them.', 'And the chair?']);

    await chat.getByRole('button', { name: 'End chat' }).click();
    await chat.getByRole('alertdialog').getByRole('button', { name: 'End chat' }).click();
    await chat.getByRole('heading', { name: 'You ended the chat' }).waitFor();
    await chat.getByRole('radio', { name: '4 of 5' }).check();
    await chat.getByRole('textbox', { name: /Comment/ }).fill('Quick answer');
    await chat.getByRole('button', { name: 'Send rating' }).click();
    await chat.getByText('Thank you for your rating').waitFor();
    expect(await transcript(id)).toMatchObject({ status: 'closed', closedBy: 'visitor', rating: 4 });

    await chat.getByRole('button', { name: 'Start a new chat' }).click();
    await linesAre([]);
    await visitor.write('One more thing');
    const again = await agent.next('message:new', ({ text }) => text === 'One more thing');
    expect(again.conversationId).not.toBe(id);
  });

  it('loses and doubles no line when the network is lost, and says that it is', async () => {
    const { chat } = visitor;
    const { id } = await startChat('before the break');
    proxy.cut();
    await chat.getByTestId('connection').getByText('No connection').waitFor();
    await visitor.write('own in the break 1');
    await visitor.write('own in the break 2');
    await agentSays(id, 'agent in the break');
    await chat.getByText('Waiting for the connection').first().waitFor();
    proxy.restore();
    await chat.getByTestId('connection').waitFor({ state: 'detached' });
    await linesAre(['before the break', 'agent in the break', 'own in the break 1', 'own in the break 2']);
    await agentSays(id, 'after the break');
    await visitor.reads('after the break');
    expect(await storedTexts(id)).toEqual((await visitor.lines()).slice(1));
  });

  it('shows a chat closed that was closed while the network was lost', async () => {
    const { id } = await startChat('will be closed');
    proxy.cut();
    await visitor.chat.getByTestId('connection').waitFor();
    await visitor.write('too late');
    await agent.emit('chat:close', { conversationId: id });
    proxy.restore();
    await visitor.chat.getByRole('heading', { name: /ended/ }).waitFor();
    await visitor.chat.getByText('Not sent: the chat had ended').waitFor();
    expect(await storedTexts(id)).not.toContain('too late');
  });

  it('goes on after the server was started again, without losing or doubling a line', async () => {
    const { chat } = visitor;
    const { id } = await startChat('before the restart');
    agent.close();
    const { dataDir } = test;
    await test.close({ keepData: true });
    await chat.getByTestId('connection').waitFor();
    await visitor.write('while it was down');
    test = await startTestServer({ dataDir });
    proxy.pointTo(Number(new URL(test.url).port));
    await chat.getByText('Sent', { exact: false }).last().waitFor();
    await chat.getByTestId('connection').waitFor({ state: 'detached' });
    agent = await connectAgent(test, { email: 'anna@example.com', password: 'long password of Anna' });
    await agent.emit('presence:set', { status: 'online', capacity: 20 });
    await linesAre(['before the restart', 'while it was down']);
    const mine = await eventually(
      async () => (await agent.emit('chat:list', {})).items.map((item) => item.id),
      (ids) => ids.includes(id),
    );
    expect(mine).toContain(id);
    await agentSays(id, 'after the restart');
    await visitor.reads('after the restart');
    expect(await storedTexts(id)).toEqual(['before the restart', 'while it was down', 'after the restart']);
  });

  it('takes the chat up again when the page is loaded anew', async () => {
    const { page } = visitor;
    const { id } = await startChat('before the reload');
    await agentSays(id, 'still here');
    await visitor.reads('still here');
    await page.reload();
    await visitor.openChat();
    await linesAre(['before the reload', 'still here']);
    await visitor.write('me too');
    await agent.next('message:new', ({ text, conversationId }) => text === 'me too' && conversationId === id);
  });

  it('shows the sender what was removed, and never again the number itself', async () => {
    const { chat, page } = visitor;
    const { id } = await startChat('My order is late');
    await visitor.write('My card is 4111 1111 1111 1111, thanks');
    await chat
      .getByTestId('removed-note')
      .getByText(/^\s*Removed to protect you: .*card/i)
      .waitFor();
    const seen = await agent.next(
      'message:new',
      ({ seq, conversationId }) => conversationId === id && seq === 2,
    );
    expect(seen.text).toMatch(/^My card is █+.*, thanks$/);
    await linesAre(['My order is late', seen.text]);
    // The first half is on the screen until the second comes; then both are corrected.
    await visitor.write('it is 811218');
    await linesAre(['My order is late', seen.text, 'it is 811218']);
    await visitor.write('-9876');
    await linesAre(['My order is late', seen.text, 'it is ████', '████']);
    expect(await chatFrame(page).content()).not.toMatch(/4111|811218|9876/);
    await page.reload();
    await visitor.openChat();
    await chat.getByText('Something was removed to protect you').first().waitFor();
  });

  it('keeps what was written and not sent while it is closed', async () => {
    const { chat } = visitor;
    await visitor.openChat();
    await chat.getByRole('textbox').fill('half a thou');
    await chat.getByRole('button', { name: 'Close chat window' }).click();
    await visitor.openChat();
    expect(await chat.getByRole('textbox').inputValue()).toBe('half a thou');
  });

  it('counts unread lines on the button while it is closed', async () => {
    const { chat } = visitor;
    const { id } = await startChat('hello there');
    await chat.getByRole('button', { name: 'Close chat window' }).click();
    await agentSays(id, 'one');
    await agentSays(id, 'two');
    await chat.getByRole('button', { name: 'Open chat, unread messages: 2' }).click();
    await visitor.reads('two');
    await chat.getByRole('button', { name: 'Close chat window' }).click();
    await chat.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
  });

  it('tells the server which pages were seen', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: /Table lamp/ }).click();
    // A page that is left at once does not count as seen.
    await eventually(
      () => visitor.sent,
      (sent) => sent.some((frame) => frame.includes('page:view') && frame.includes('lamp')),
    );
    await page.getByRole('link', { name: 'Delivery' }).click();
    const { id } = await startChat('pages');
    const titles = (pages: WireTranscript['profile']) => (pages?.pages ?? []).map(({ title }) => title);
    const seen = await eventually(
      async () => titles((await transcript(id)).profile),
      (found) => found.length === 3,
    );
    expect(seen).toEqual([
      'Things for the home · Lindholm',
      'Table lamp Vega · Lindholm',
      'Delivery and returns · Lindholm',
    ]);
  });

  describe('by keyboard', () => {
    it('opens into the field, breaks a line with Shift+Enter, sends with Enter, closes with Escape', async () => {
      const { chat, page } = visitor;
      const button = chat.getByRole('button', { name: 'Open chat' });
      await button.focus();
      await page.keyboard.press('Enter');
      const field = chat.getByRole('textbox', { name: 'Write a message' });
      await expectFocus(field);
      await page.keyboard.type('first');
      await page.keyboard.press('Shift+Enter');
      await page.keyboard.type('second');
      await page.keyboard.press('Enter');
      await linesAre(['first\nsecond']);
      await page.keyboard.press('Escape');
      await expectFocus(chat.getByRole('button', { name: 'Open chat' }));
    });

    it('asks before it ends a chat, keeps the focus in the question, and Escape answers no', async () => {
      const { chat, page } = visitor;
      await startChat('do not end me');
      const end = chat.getByRole('button', { name: 'End chat' });
      await end.focus();
      await page.keyboard.press('Enter');
      await expectFocus(chat.getByRole('button', { name: 'Keep chatting' }));
      await page.keyboard.press('Escape');
      await chat.getByRole('alertdialog').waitFor({ state: 'detached' });
      await expectFocus(end);
      await chat.getByRole('textbox', { name: 'Write a message' }).waitFor();
    });
  });

  it('is accessible in each of its states', async () => {
    const { chat, page } = visitor;
    const faults: Record<string, string[]> = {};
    const look = async (state: string) => {
      const found = await accessibilityFaults(chatFrame(page));
      if (found.length > 0) faults[state] = found;
    };
    await chat.getByRole('button', { name: 'Open chat' }).waitFor();
    await look('button');
    faults.shop = await accessibilityFaults(page.mainFrame());
    const { id } = await startChat('look at me');
    await agentSays(id, 'Looking. See https://example.com/help');
    await visitor.write('4111 1111 1111 1111');
    await chat.getByTestId('removed-note').waitFor();
    await agent.emit('typing', { conversationId: id, active: true });
    await chat.getByTestId('typing').waitFor();
    await look('chat');
    await chat.getByRole('textbox').fill('x'.repeat(4_001));
    await look('too long');
    await chat.getByRole('textbox').fill('');
    await chat.getByRole('button', { name: 'End chat' }).click();
    await look('question');
    await chat.getByRole('button', { name: 'Keep chatting' }).click();
    proxy.cut();
    await chat.getByTestId('connection').waitFor();
    await visitor.write('offline');
    await chat.getByText('Waiting for the connection').waitFor();
    await page.waitForTimeout(1_200);
    await look('lost');
    await agent.emit('chat:close', { conversationId: id });
    proxy.restore();
    await chat.getByRole('radio', { name: '2 of 5' }).check();
    await look('closed');
    expect(faults).toEqual({ shop: [] });
  });

  it.each([
    ['a phone', { width: 390, height: 760 }],
    ['a screen at 200 % zoom', { width: 640, height: 400 }],
    ['a narrow screen at 400 % zoom', { width: 320, height: 256 }],
  ])('covers %s and keeps everything within reach', async (_name, viewport) => {
    const { chat, page } = visitor;
    await page.setViewportSize(viewport);
    await visitor.openChat();
    expect(await page.locator('iframe').boundingBox()).toEqual({ x: 0, y: 0, ...viewport });
    for (const name of ['Close chat window', 'Send']) {
      const button = chat.getByRole('button', { name });
      // The panel is drawn a moment before its frame has grown.
      const box = await eventually(
        async () => await button.boundingBox(),
        (found) => found !== null && found.y + found.height <= viewport.height,
      );
      expect(box?.width).toBeGreaterThanOrEqual(44);
      expect(box?.height).toBeGreaterThanOrEqual(44);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
    }
    expect((await chat.getByRole('textbox').boundingBox())?.height).toBeLessThan(60);
    await visitor.write('it fits');
    await linesAre(['it fits']);
  });

  async function expectFocus(element: ReturnType<Visitor['chat']['getByRole']>): Promise<void> {
    const focused = async () =>
      await element.evaluate(
        (node) =>
          node ===
          (node as unknown as { ownerDocument: { activeElement: unknown } }).ownerDocument.activeElement,
      );
    expect(await eventually(focused, (is) => is)).toBe(true);
  }
});
