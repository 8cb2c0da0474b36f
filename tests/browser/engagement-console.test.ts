import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type AgentClient, connectAgent } from '../support/clients.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  axeFindings,
  type ConsolePage,
  describeInBrowser,
  openConsole,
  picture,
  signIn,
} from './console-support.ts';
import { type Visitor, visit } from './widget-page.ts';

const GREETING = 'Can we help you choose?';

describeInBrowser('engagement rules, from the editor to the page', () => {
  let browser: Browser;
  let test: TestServer;
  let console: ConsolePage;
  let page: Page;
  let visitor: Visitor;
  let agent: AgentClient;

  beforeAll(async () => {
    browser = await launchBrowser();
    test = await startTestServer();
    console = await openConsole(browser, test);
    page = console.page;
    page.setDefaultTimeout(10_000);
    await signIn(page, test.admin);
    // Who is invited can begin a chat: somebody is there to answer.
    agent = await connectAgent(test);
    await agent.emit('presence:set', { status: 'online' });
    visitor = await visit(browser, `${test.url}/demo`);
  }, 60_000);
  afterAll(async () => {
    expect([...console.problems, ...visitor.errors]).toEqual([]);
    agent?.close();
    await browser?.close();
    await test?.close();
  });

  it('writes a rule in rows and words, tries it on a live visitor, and the visitor is invited', async () => {
    await page.getByRole('link', { name: 'Engagement' }).click();
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Lost in the shop');
    await chooseCondition(page, 'pages seen in this visit');
    await page.getByLabel('Value', { exact: true }).first().fill('1');
    await page.getByText('pages seen in this visit is at least 1').waitFor();
    await page.locator('textarea').first().fill(GREETING);
    await page.getByRole('switch', { name: 'Only while an agent is free' }).click();
    await page.getByLabel('Visitor', { exact: true }).first().click();
    await page.getByRole('option').first().click();
    await page.getByText('It would fire.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'engagement-editor');

    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Lost in the shop' }).waitFor();
    await picture(page, 'engagement-rules');
    await visitor.chat.getByText(GREETING, { exact: true }).waitFor();
  }, 60_000);

  it('names a fault where it is, and saves nothing broken', async () => {
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Broken');
    await page.locator('textarea').first().fill('Hello');
    await chooseCondition(page, 'page path');
    await page.getByLabel('Comparison', { exact: true }).first().click();
    await page.getByRole('option', { name: 'matches the pattern' }).click();
    await page.getByLabel('Value', { exact: true }).first().fill('(?=cart)');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The field in question is marked.').waitFor();
    await page.getByRole('link', { name: 'All rules' }).click();
    expect(await page.getByRole('link', { name: 'Broken' }).count()).toBe(0);
  }, 60_000);

  it('tells why and why not, and what the rule brings', async () => {
    await page.getByRole('link', { name: 'Visitors' }).click();
    await page
      .getByRole('link', { name: /^Visitor / })
      .first()
      .click();
    await page.getByRole('button', { name: /Lost in the shop fired/ }).click();
    await page.getByText('pages seen in this visit is at least 1').first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'engagement-why');

    await visitor.chat.getByRole('button', { name: 'Chat with us' }).click();
    await visitor.write('Yes, the chair');
    await visitor.reads('Yes, the chair');
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await page.getByRole('button', { name: /Yes, the chair/ }).click();
    const why = page.getByRole('region', { name: 'Why invited' });
    await why.getByText('pages seen in this visit is at least 1').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'engagement-why-invited');
    await page.getByRole('link', { name: 'Engagement' }).click();
    await page.getByRole('link', { name: 'Funnel' }).click();
    const funnel = page.getByRole('table', { name: 'Funnel of Lost in the shop' });
    await funnel.getByRole('row', { name: /^All 1 1 0 1/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'engagement-funnel');
  }, 60_000);

  it('shows how many chats there were, and how long people waited', async () => {
    await page.getByRole('link', { name: 'Engagement' }).click();
    await page.getByRole('link', { name: 'Chats', exact: true }).click();
    const byAgent = page.getByRole('table', { name: 'By agent' });
    await byAgent.getByRole('row', { name: /Administrator/ }).waitFor();
    await page
      .getByRole('table', { name: 'By day' })
      .getByRole('row', { name: /^All [1-9]/ })
      .waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'chats-report');
  });

  it('lists what was published', async () => {
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('cell', { name: /live/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'engagement-versions');
  }, 60_000);
});

/** Turns the first condition into one about this fact. */
async function chooseCondition(page: Page, fact: string): Promise<void> {
  await page.getByLabel('Fact', { exact: true }).first().click();
  await page.getByRole('option', { name: fact, exact: true }).click();
}
