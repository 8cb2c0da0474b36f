import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  assignBy,
  axeFindings,
  type Caller,
  call,
  composer,
  describeInBrowser,
  goOnline,
  log,
  openConsole,
  picture,
  signIn,
} from './console-support.ts';

/** Each place of the console: how to get there, and what shows that it is there. */
const PLACES: readonly [name: string, go: (page: Page) => Promise<void>][] = [
  ['inbox', (page) => log(page).getByText('1 detail removed').waitFor()],
  [
    'transcripts',
    async (page) => {
      await page.getByRole('link', { name: 'Transcripts' }).click();
      await page.getByRole('table').waitFor();
    },
  ],
  [
    'transcript',
    async (page) => {
      await page.getByRole('table').getByRole('link').first().click();
      await page.getByRole('heading', { name: 'About' }).waitFor();
    },
  ],
  [
    'redaction',
    async (page) => {
      await page.getByRole('link', { name: 'Redaction' }).click();
      await page.getByLabel('Try a text').fill('card 4111 1111 1111 1111 today');
      await page.locator('mark').waitFor();
    },
  ],
  [
    'rule',
    async (page) => {
      await page.getByRole('button', { name: 'New rule' }).click();
      await page.getByRole('textbox', { name: 'Pattern' }).fill('(');
      await page.locator('[aria-invalid=true]').waitFor();
    },
  ],
  [
    'sites',
    async (page) => {
      await page.getByRole('link', { name: 'Sites' }).click();
      await page.getByRole('button', { name: 'Edit demo' }).click();
      await page.getByRole('dialog', { name: 'Edit demo' }).waitFor();
    },
  ],
  [
    'users',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Users' }).click();
      await page.getByRole('button', { name: 'Add user' }).click();
      await page.getByRole('dialog', { name: 'Add a user' }).waitFor();
    },
  ],
  [
    'token',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'API tokens' }).click();
      await page.getByRole('button', { name: 'New token' }).click();
      await page.getByRole('checkbox', { name: 'site:read' }).check();
    },
  ],
  [
    'person',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      const tabs = page.getByRole('navigation', { name: 'Users and roles' });
      await tabs.getByRole('link', { name: 'Users' }).click();
      await page.getByRole('button', { name: 'Actions for Administrator' }).click();
      await page.getByRole('menuitem', { name: 'Sign-in' }).click();
      await page.getByRole('table', { name: 'Sign-ins' }).waitFor();
    },
  ],
  [
    'settings',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByText('Redact what is stored only').click();
      await page.getByText('Agents will see originals').waitFor();
      await page.getByRole('button', { name: 'Add a field' }).click();
      await page.getByRole('switch', { name: 'Always open' }).uncheck();
    },
  ],
  [
    'menu',
    async (page) => {
      await page.getByRole('button', { name: /Account menu/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    },
  ],
];

describeInBrowser('how the console looks', () => {
  let browser: Browser;
  let test: TestServer;
  let caller: Caller;
  let waiting: Caller;

  beforeAll(async () => {
    browser = await launchBrowser();
    test = await startTestServer();
    await assignBy(test, 'manual');
    caller = await call(test);
    await caller.say('Hello, is my order on its way? My card is 4111 1111 1111 1111.');
  }, 60_000);

  afterAll(async () => {
    caller?.visitor.close();
    waiting?.visitor.close();
    await browser?.close();
    await test?.close();
  });

  it.each([
    ['light', 1440, 900],
    ['dark', 1440, 900],
    ['light', 1024, 768],
    ['light', 400, 800],
  ] as const)(
    'axe finds nothing in any place: %s, %i px wide',
    async (scheme, width, height) => {
      const { page, context, problems } = await openConsole(browser, test, {
        width,
        height,
        dark: scheme === 'dark',
      });
      const findings: Record<string, string[]> = { 'sign-in': await axeFindings(page) };
      await picture(page, `${scheme}-${width}-sign-in`);
      await signIn(page, test.admin);
      if (waiting === undefined) {
        await goOnline(page);
        await page.getByRole('button', { name: /^Accept Visitor/ }).click();
        await composer(page).fill('It left us yesterday, here is what we know so far.');
        await composer(page).press('Enter');
        await composer(page).press('n');
        waiting = await call(test);
      } else {
        await page
          .getByRole('button', { name: /^.*Visitor .* is|Visitor/ })
          .first()
          .click();
      }
      for (const [name, go] of PLACES) {
        await go(page);
        findings[name] = await axeFindings(page);
        await picture(page, `${scheme}-${width}-${name}`);
      }
      const wide = await page.evaluate<boolean>(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      await context.close();
      expect(Object.entries(findings).filter(([, found]) => found.length > 0)).toEqual([]);
      expect(problems).toEqual([]);
      expect(wide).toBe(false);
    },
    90_000,
  );
});
