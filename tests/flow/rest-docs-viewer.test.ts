import type { Browser } from 'playwright-core';
import { browserSkipReason, launchBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const skip = browserSkipReason();
if (skip !== undefined) console.warn(skip);
const describeWithBrowser = skip === undefined ? describe : describe.skip;

describeWithBrowser('the viewer of the REST interface', () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('shows calls under the strict content policy', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${server.url}/api/docs`);
    await page.getByText('/auth/login').first().waitFor({ timeout: 45_000 });
    expect(await page.locator('.opblock').count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);
});
