import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  axeFindings,
  type ConsolePage,
  describeInBrowser,
  goOnline,
  openConsole,
  picture,
  signIn,
  staff,
} from './console-support.ts';
import { accessibilityFaults, chatFrame, type Visitor, visit } from './widget-page.ts';

const MESSAGE = 'Do you need help with the size?';

describeInBrowser('an invitation, from the console to the page', () => {
  let browser: Browser;
  let test: TestServer;
  let console: ConsolePage;
  let visitor: Visitor;

  beforeAll(async () => {
    browser = await launchBrowser();
    test = await startTestServer();
    console = await openConsole(browser, test);
    await signIn(console.page, await staff(test, 'Ines'));
    await goOnline(console.page);
  }, 60_000);
  beforeEach(async () => {
    visitor = await visit(browser, `${test.url}/demo`);
  });
  afterEach(async () => {
    expect(visitor.errors).toEqual([]);
    await visitor.close();
  });
  afterAll(async () => {
    expect(console.problems).toEqual([]);
    await browser?.close();
    await test?.close();
  });

  /** The agent finds the one visitor who is here and invites them. */
  const invite = async (): Promise<void> => {
    const { page } = console;
    await page.getByRole('link', { name: 'Visitors' }).click();
    const row = page.getByRole('row').filter({ hasText: 'browsing' });
    await row.getByRole('link').click();
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('Message').fill(MESSAGE);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('invited', { exact: true }).waitFor();
  };
  const card = () => visitor.chat.getByRole('region', { name: 'Message from Ines' });

  it('is shown beside the page, and opens the chat with its message when taken', async () => {
    await invite();
    expect(await axeFindings(console.page)).toEqual([]);
    await picture(console.page, 'console-visitor');
    await card().getByText(MESSAGE).waitFor();
    expect(await accessibilityFaults(chatFrame(visitor.page))).toEqual([]);
    await picture(visitor.page, 'widget-invitation');

    await card().getByRole('button', { name: 'Chat with us' }).click();
    await visitor.reads(MESSAGE);
    await visitor.write('Yes please');
    await visitor.reads('Yes please');
    await console.page.getByRole('link', { name: /^Inbox/ }).click();
    const log = console.page.getByRole('log');
    await log.getByText('Yes please').waitFor();
    await log.getByText(MESSAGE).waitFor();
    await picture(console.page, 'console-invited-chat');
    await console.page.getByRole('link', { name: 'Visitors' }).click();
    await console.page.getByText('in a chat').waitFor();
  }, 60_000);

  it('is gone when put away, in every tab of the visitor', async () => {
    // From the first interaction on the device is known, and its tabs are one visitor.
    await visitor.openChat();
    await visitor.chat.getByRole('button', { name: 'Close chat window' }).click();
    const second = await visitor.page.context().newPage();
    await second.goto(`${test.url}/demo`);
    await invite();
    const elsewhere = second.frameLocator('iframe').getByRole('region', { name: 'Message from Ines' });
    await elsewhere.waitFor();
    await card().getByText(MESSAGE).waitFor();
    await card().getByRole('button', { name: 'Not now' }).click();
    await card().waitFor({ state: 'detached' });
    await elsewhere.waitFor({ state: 'detached' });
    await visitor.chat.getByRole('button', { name: 'Open chat' }).waitFor();
    await console.page.getByRole('button', { name: 'Read again' }).click();
    await console.page.getByText('put the invitation away').waitFor();
    await second.close();
  }, 60_000);
});
