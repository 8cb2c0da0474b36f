import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  axeFindings,
  type ConsolePage,
  call,
  describeInBrowser,
  openConsole,
  picture,
  signIn,
} from './console-support.ts';

describeInBrowser('privacy, keys, audit and roles in the console', () => {
  let browser: Browser;
  let test: TestServer;
  let console: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    test = await startTestServer();
    console = await openConsole(browser, test);
    page = console.page;
    await signIn(page, test.admin);
  }, 60_000);
  afterAll(async () => {
    expect(console.problems).toEqual([]);
    await browser?.close();
    await test?.close();
  });

  const goTo = (name: string) =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  const looked = async (name: string): Promise<void> => {
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, name);
  };

  it('collects what is kept of a visitor, and erases it with a certificate', async () => {
    const { visitor, conversationId, say } = await call(test);
    await say('something that must go');
    await goTo('Privacy');
    await page.getByLabel('Value').fill(visitor.sessionId);
    await page.getByRole('button', { name: 'Collect' }).click();
    const requests = page.getByRole('table', { name: 'Requests' });
    await requests.getByText('Done').waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'JSON' }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toMatch(/\.json$/);
    await looked('privacy-requests');

    await page.getByLabel('Value').fill(visitor.sessionId);
    await page.getByRole('button', { name: 'Erase' }).click();
    await page.getByLabel(/^Type/).fill('erase');
    await page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
    await requests.getByRole('link', { name: 'Certificate' }).click();
    await page
      .getByRole('table', { name: 'Certificates' })
      .getByText(/messages/)
      .waitFor();
    await looked('privacy-certificate');
    const { accessToken, accountId } = await test.signIn();
    const path = `/accounts/${accountId}/conversations/${conversationId}`;
    expect((await test.call('GET', path, undefined, accessToken)).status).toBe(404);
    visitor.close();
  }, 60_000);

  it('holds a conversation for a reason, and lets it go', async () => {
    const { visitor, conversationId } = await call(test);
    await page.getByRole('link', { name: 'Legal holds' }).click();
    await page.getByLabel('Value').fill(conversationId);
    await page.getByLabel('Reason').fill('Court order 12');
    await page.getByRole('button', { name: 'Hold', exact: true }).click();
    const holds = page.getByRole('table', { name: 'Legal holds' });
    await holds.getByText('Court order 12').waitFor();
    await looked('privacy-holds');
    await page.getByRole('link', { name: 'What goes when' }).click();
    await page.getByText('1 are kept by legal holds.').waitFor();
    await looked('privacy-expiry');
    await page.getByRole('link', { name: 'Legal holds' }).click();
    await holds.getByRole('button', { name: 'Release' }).click();
    await holds.getByText(/^released/).waitFor();
    visitor.close();
  }, 60_000);

  it('looks an address up for a reason', async () => {
    const { visitor, conversationId } = await call(test);
    await page.getByRole('link', { name: 'Addresses' }).click();
    await page.getByLabel('Value').fill(conversationId);
    await page.getByLabel('Reason').fill('Threats against staff');
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByRole('cell', { name: '127.0.0.1' }).first().waitFor();
    await looked('privacy-addresses');
    visitor.close();
  }, 60_000);

  it('shows the audit log, proves it whole, and exports it', async () => {
    await goTo('Audit');
    const log = page.getByRole('table', { name: 'Audit log' });
    await log.getByText('legal-hold').first().waitFor();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/entries, all as they were written/).waitFor();
    await looked('audit');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    expect((await saved).suggestedFilename()).toMatch(/\.csv$/);
  }, 60_000);

  it("rotates the account's key", async () => {
    await goTo('Keys');
    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    await page
      .getByRole('region', { name: 'Earlier rotations' })
      .getByRole('cell', { name: '2' })
      .first()
      .waitFor();
    await looked('keys');
  }, 60_000);

  it('makes a role of roles, and gives it', async () => {
    await goTo('Users');
    await page.getByRole('link', { name: 'Roles' }).click();
    await looked('roles');
    await page.getByRole('button', { name: 'New role' }).click();
    await page.getByLabel('Name').fill('Night shift');
    await page.getByLabel('Contains the roles').first().click();
    await page.getByRole('option', { name: 'Agent' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('checkbox', { name: 'audit-log:read' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Night shift' }).click();
    await page.getByText('from Agent').first().waitFor();
    await looked('role');
    await page.getByRole('link', { name: 'All roles' }).click();
    await page.getByRole('link', { name: 'Access for operators' }).click();
    await page.getByText('Nobody was let in.').waitFor();
    await looked('grants');
  }, 60_000);
});
