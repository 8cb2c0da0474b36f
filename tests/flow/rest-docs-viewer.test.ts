import type { Browser } from 'playwright-core';
import { browserSkipReason, launchBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const skip = browserSkipReason();
if (skip !== undefined) console.warn(skip);
const describeWithBrowser = skip === undefined ? describe : describe.skip;

/** A path far down the page. */
const LAST_SEEN = '/accounts/{a}/redaction-rules/preview';

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

  it('shows every call under the strict content policy', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${server.url}/api/docs`);
    await page.locator('.opblock').first().waitFor();
    // Of a long list the viewer draws what is in view, so it is read as a person would, from top to bottom.
    const shown = new Set<string>();
    for (let turn = 0; turn < 200 && !shown.has(LAST_SEEN); turn += 1) {
      const paths = await page.locator('.opblock-summary-path').allTextContents();
      for (const path of paths) shown.add(path.replace(/\u200b/gu, ''));
      await page.mouse.wheel(0, 500);
    }
    expect(shown).toContain(LAST_SEEN);
    expect(shown.size).toBeGreaterThanOrEqual(30);
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);
});
