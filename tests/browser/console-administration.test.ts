import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { type ConsolePage, describeInBrowser, openConsole, picture, signIn } from './console-support.ts';

describeInBrowser('administration in the console', () => {
  let browser: Browser;
  let test: TestServer;
  let opened: ConsolePage;

  /** What the server has, seen past the console. */
  const stored = async (path: string): Promise<Record<string, unknown>> => {
    const { accessToken, accountId } = await test.signIn();
    return (await test.call('GET', `/accounts/${accountId}${path}`, undefined, accessToken)).body;
  };

  beforeAll(async () => {
    browser = await launchBrowser();
    test = await startTestServer();
  }, 60_000);

  beforeEach(async () => {
    opened = await openConsole(browser, test);
    await signIn(opened.page, test.admin);
  });

  afterEach(async () => {
    await opened.context.close();
    expect(opened.problems).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await test?.close();
  });

  it('saves settings, warns before transcripts go, and shows a fault at its field', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByLabel('Transcripts, in days').fill('3');
    await page.getByText('Transcripts older than 3 days').waitFor();
    await page.getByRole('button', { name: 'Add a field' }).click();
    await page.getByLabel('Key').fill('not a key');
    await page.getByLabel('Label', { exact: true }).fill('Customer number');
    await page.getByLabel('Category').fill('contact');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('input[aria-invalid=true]').waitFor();
    expect(await page.getByLabel('Key').getAttribute('aria-invalid')).toBe('true');
    await page.locator('input[aria-invalid=true]:focus').waitFor();
    await picture(page, 'settings-fault');
    await page.getByLabel('Key').fill('customerNumber');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved.').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    expect(await stored('/settings')).toMatchObject({
      transcriptRetentionDays: 3,
      dpa: { customFields: [{ key: 'customerNumber', label: 'Customer number', searchable: false }] },
    });
  });

  it('adds a user, changes the roles, and ends the access', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('button', { name: 'Add user' }).click();
    const form = page.getByRole('dialog', { name: 'Add a user' });
    await form.getByLabel('Name').fill('Eve Example');
    await form.getByLabel('E-mail').fill('eve@example.com');
    await form.getByRole('textbox', { name: 'First password' }).fill('short');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Use at least 12 characters').waitFor();
    await form.getByRole('textbox', { name: 'First password' }).fill('ferry lantern cobalt 91');
    await form.getByLabel('Supervisor').check();
    await form.getByRole('button', { name: 'Save' }).click();
    const row = page.getByRole('row', { name: /Eve Example/ });
    await row.getByText('Agent, Supervisor').waitFor();
    await row.getByRole('button', { name: 'Actions for Eve Example' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await row.getByText('disabled').waitFor();
    const refused = await test.call('POST', '/auth/login', {
      email: 'eve@example.com',
      password: 'ferry lantern cobalt 91',
    });
    expect(refused.status).toBe(401);
  });

  it('changes a site, and offers the line to paste', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Sites' }).click();
    await page
      .getByText(`<script async src="${test.url}/widget.js" data-site-key="demo"></script>`)
      .waitFor();
    await page.getByRole('button', { name: 'Edit demo' }).click();
    const form = page.getByRole('dialog', { name: 'Edit demo' });
    await form.getByLabel('Greeting').fill('Good morning!');
    await form.getByRole('button', { name: 'Add a question' }).click();
    await form.getByLabel('Key of question 1').fill('order');
    await form.getByLabel('Label of question 1').fill('Order number');
    await form.getByLabel('Allowed origins').fill('https://shop.example');
    await form.getByLabel('Allowed origins').press('Enter');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Good morning! · https://shop.example · 1 questions before the chat').waitFor();
  });

  it('switches, moves, exports and imports rules', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Redaction' }).click();
    const names = () => page.getByRole('row').getByRole('link').allTextContents();
    const rows = page.getByRole('row').getByRole('link');
    await rows.first().waitFor();
    const [first = '', second = ''] = await names();
    await page.getByRole('button', { name: `Move ${first} down` }).click();
    await rows.first().filter({ hasText: second }).waitFor();
    expect((await names()).slice(0, 2)).toEqual([second, first]);
    await page.getByRole('switch', { name: `${first} is on` }).press('Space');
    await page.getByRole('switch', { name: `${first} is on`, checked: false }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    const exported = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as { name: string }[];
    expect(exported.map(({ name }) => name)).toEqual(await names());
    const own = { name: 'Ticket numbers', pattern: 'TICKET-\\d+' };
    const broken = { name: 'Broken', pattern: '(?=a)b' };
    await page.locator('input[type=file]').setInputFiles({
      name: 'rules.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify([...exported, own, broken])),
    });
    const dialog = page.getByRole('dialog', { name: 'Import rules' });
    await dialog.getByText('2 new rules').waitFor();
    await dialog.getByRole('button', { name: 'Import' }).click();
    await dialog.getByText('1 refused').waitFor({ timeout: 20_000 });
    await dialog.getByText(/^Broken:/).waitFor();
    await picture(page, 'import');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('link', { name: 'Ticket numbers' }).waitFor();
    expect(await page.getByRole('switch', { name: `${first} is on` }).isChecked()).toBe(false);
  }, 40_000);
});
