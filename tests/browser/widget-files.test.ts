import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import type { AgentClient } from '../support/clients.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { picture } from './console-support.ts';
import {
  accessibilityFaults,
  buildVisitorPages,
  chatFrame,
  onlineAgent,
  type Visitor,
  visit,
} from './widget-page.ts';

jest.setTimeout(60_000);

const CARD = '4242 4242 4242 4242';
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('files and messages for later, in the widget', () => {
  let browser: Browser;
  let test: TestServer;
  let visitor: Visitor;

  beforeAll(async () => {
    buildVisitorPages();
    browser = await launchBrowser();
    test = await startTestServer();
  });
  afterAll(async () => {
    await browser?.close();
    await test?.close();
  });
  afterEach(async () => {
    expect(visitor.errors).toEqual([]);
    await visitor.close();
  });

  it('takes a message while nobody is there, and says what was taken out of it', async () => {
    visitor = await visit(browser, `${test.url}/demo`);
    const { chat, page } = visitor;
    await visitor.openChat();
    await chat.getByText('We are away right now.').first().waitFor();
    await chat.getByRole('button', { name: 'Send' }).click();
    await chat.getByText('Please fill in this field').waitFor();
    await chat.getByLabel(/Your e-mail/).fill('not an address');
    await chat.getByLabel(/Your message/).fill(`Please call me, my card is ${CARD}`);
    await chat.getByRole('button', { name: 'Send' }).click();
    await chat.getByText('Please check the e-mail address').waitFor();
    expect(await accessibilityFaults(chatFrame(page))).toEqual([]);
    await picture(page, 'offline-form');
    await chat.getByLabel(/Your e-mail/).fill('ana@example.com');
    await chat.getByRole('button', { name: 'Send' }).click();
    await chat.getByTestId('status').getByText('Thank you. We have your message').waitFor();
    await visitor.reads('Please call me, my card is ████');
    await chat
      .getByTestId('removed-note')
      .getByText(/Payment card/)
      .waitFor();
    expect(await accessibilityFaults(chatFrame(page))).toEqual([]);
    await picture(page, 'offline-sent');
  });

  describe('with an agent', () => {
    let agent: AgentClient;
    beforeAll(async () => {
      agent = await onlineAgent(test, 'Fia');
    });
    afterAll(() => agent.close());

    it('sends files, shows pictures, and says what was removed or refused', async () => {
      visitor = await visit(browser, `${test.url}/demo`);
      const { chat, page } = visitor;
      await visitor.openChat();
      await visitor.write('here are two files');
      await agent.next('message:new', ({ text }) => text === 'here are two files');
      const field = chat.locator('input[type=file]');
      await field.setInputFiles([
        { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from(`card ${CARD}`) },
        { name: 'dot.png', mimeType: 'image/png', buffer: DOT },
      ]);
      await chat.getByRole('img', { name: 'dot.png' }).waitFor();
      await chat
        .getByTestId('removed-note')
        .getByText(/Payment card/)
        .waitFor();
      expect(await agent.next('message:new', ({ text }) => text === 'dot.png')).toMatchObject({
        kind: 'file',
        file: { contentType: 'image/png' },
      });
      await field.setInputFiles([{ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<p>') }]);
      await chat.getByText('Not sent: this kind of file is not accepted').waitFor();
      expect(await accessibilityFaults(chatFrame(page))).toEqual([]);
      await picture(page, 'widget-files');
      const download = page.waitForEvent('download');
      await chat.getByRole('button', { name: 'Save list.txt' }).click();
      expect((await download).suggestedFilename()).toBe('list.txt');
    });
  });
});
