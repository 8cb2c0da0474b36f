import { createHmac } from 'node:crypto';
import type { Browser, Locator, Page } from 'playwright-core';
import type { WireRedactionRule } from '../../shared/protocol/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  type ReceivedWebhook,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../support/webhook-receiver.ts';
import {
  axeFindings,
  type ConsolePage,
  call,
  composer,
  describeInBrowser,
  expectGone,
  goOnline,
  log,
  openConsole,
  picture,
  signIn,
} from './console-support.ts';

const CARD = '4242 4242 4242 4242';
/** Each with the place at fault and the reason. */
const FAULTY_PATTERNS = [
  ['ORD-a++', 5, 'possessive-or-atomic'],
  ['ORD-(\\d)\\1', 8, 'back-reference'],
  ['ORD-(?<=x)\\d{6}', 4, 'look-around'],
] as const;

describeInBrowser('what is written, sent and removed, in the console', () => {
  let browser: Browser;
  let test: TestServer;
  let opened: ConsolePage;
  let receiver: WebhookReceiver;

  const asAdmin = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const { accessToken, accountId } = await test.signIn();
    return (await test.call<Body>(method, `/accounts/${accountId}${path}`, body, accessToken)).body;
  };

  beforeAll(async () => {
    browser = await launchBrowser();
    test = await startTestServer({
      env: { WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'true', WEBHOOK_ALLOW_HTTP: 'true' },
    });
    receiver = await startWebhookReceiver();
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
    await receiver?.close();
  });

  it('fills a canned response by the keyboard alone; sends a file, says what was taken out, and shows a picture', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Canned responses' }).click();
    await page.getByRole('button', { name: 'Add response' }).click();
    const form = page.getByRole('dialog', { name: 'Add a canned response' });
    await form.getByLabel('Shortcut').fill('Hello');
    await form.getByRole('textbox', { name: 'Text' }).fill('Hi {{visitor.name|there}}, case {{caseId}}');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: '/hello', exact: true }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'canned-responses');
    await page.getByRole('link', { name: 'Inbox' }).click();
    await goOnline(page);
    const caller = await call(test);
    await composer(page).waitFor();
    await composer(page).pressSequentially('/he');
    await page.getByRole('option', { name: /hello/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'canned-picker');
    await composer(page).press('Enter');
    const filled = `Hi there, case ${caller.caseId}`;
    await page.waitForFunction(
      (text) =>
        (globalThis as unknown as { document: PageDocument }).document.querySelector('textarea')?.value ===
        text,
      filled,
    );
    await composer(page).press('Enter');
    await log(page).getByText(filled).waitFor();
    expect((await caller.visitor.next('message:new')).text).toBe(filled);
    await page.getByRole('button', { name: 'Attach files' }).waitFor();
    await page.locator('input[type=file]').setInputFiles([
      { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from(`card ${CARD}`) },
      { name: 'dot.png', mimeType: 'image/png', buffer: DOT },
    ]);
    await page.getByText(/^Removed from list\.txt: Payment card/).waitFor();
    await log(page).getByRole('img', { name: 'dot.png' }).waitFor();
    await log(page).getByRole('button', { name: 'Save list.txt' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'files');
    const download = page.waitForEvent('download');
    await log(page).getByRole('button', { name: 'Save list.txt' }).click();
    expect((await download).suggestedFilename()).toBe('list.txt');
    caller.visitor.close();
  }, 60_000);

  it.each([{ dark: false }, { dark: true }])(
    'shows the history of a rule, a re-scan and what was removed (dark: $dark)',
    async ({ dark }) => {
      await opened.context.close();
      opened = await openConsole(browser, test, { dark });
      const { page } = opened;
      await signIn(page, test.admin);
      const name = `Orders ${dark ? 'dark' : 'light'}`;
      const rule = { name, pattern: `ORDER-${dark ? 'D' : 'L'}\\d+`, replacement: '█', enabled: true };
      const caller = await call(test);
      await caller.say(`about ORDER-${dark ? 'D' : 'L'}77`);
      const made = await asAdmin<WireRedactionRule>('POST', '/redaction-rules', rule);
      await asAdmin('PATCH', `/redaction-rules/${made.id}`, { name: `${name} changed` });
      await page.getByRole('link', { name: 'Redaction' }).click();
      const tabs = page.getByRole('navigation', { name: 'Redaction' });
      await tabs.getByRole('link', { name: /History/ }).click();
      const changes = page.getByRole('list', { name: 'Changes' });
      await changes.getByText(`${name} changed`).first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, `history-${dark ? 'dark' : 'light'}`);
      await tabs.getByRole('link', { name: /stored|Re-scan/i }).click();
      await page.getByRole('button', { name: 'Apply to stored transcripts' }).click();
      expect(await axeFindings(page)).toEqual([]);
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /Apply|Start/ })
        .click();
      await page.getByRole('region', { name: 'Earlier re-scans' }).getByText(/done/i).first().waitFor();
      expect((await caller.visitor.next('message:update')).text).toBe('about ████');
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, `rescan-${dark ? 'dark' : 'light'}`);
      await caller.say(`and ${CARD}`);
      await test.server.pipeline.redactionCounts.flush();
      await tabs.getByRole('link', { name: /removed|Report/i }).click();
      await page.getByRole('region', { name: 'By rule' }).getByText(`${name} changed`).first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, `report-${dark ? 'dark' : 'light'}`);
      caller.visitor.close();
    },
    60_000,
  );

  it.each([{ dark: false }, { dark: true }])(
    'marks the place at which a pattern is at fault, until it is mended (dark: $dark)',
    async ({ dark }) => {
      await opened.context.close();
      opened = await openConsole(browser, test, { dark, path: '/redaction/new' });
      const { page } = opened;
      await signIn(page, test.admin);
      const pattern = page.getByLabel('Pattern');
      const mark = page.locator('mark');
      for (const [written, at, reason] of FAULTY_PATTERNS) {
        await pattern.fill(written);
        await page.getByText(`${reason} at position ${at}`).waitFor();
        expect(await mark.textContent()).toBe(written[at]);
      }
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, `pattern-fault-${dark ? 'dark' : 'light'}`);
      await page.getByLabel('Name').fill('Orders');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText(/The field in question is marked/).waitFor();
      expect(await mark.textContent()).toBe('(');
      await pattern.fill('ORD-\\d{6}');
      await expectGone(mark);
    },
    60_000,
  );

  it.each([{ dark: false }, { dark: true }])(
    'makes a webhook, shows its secret once, tests, follows, pauses and removes it (dark: $dark)',
    async ({ dark }) => {
      await opened.context.close();
      opened = await openConsole(browser, test, { dark });
      const { page } = opened;
      await signIn(page, test.admin);
      const look = async (name: string) => {
        expect(await axeFindings(page)).toEqual([]);
        await picture(page, `webhook-${name}-${dark ? 'dark' : 'light'}`);
      };
      await page.getByRole('link', { name: 'Webhooks' }).click();
      await page.getByText('No webhook yet').waitFor();
      await look('none');
      await page.getByRole('button', { name: 'Add webhook' }).click();
      const form = page.getByRole('dialog', { name: 'Add a webhook' });
      await form.getByLabel('Name').fill('CRM');
      await form.getByLabel('Address').fill('https://10.0.0.1/in');
      await form.getByLabel('A conversation started').check();
      await look('form');
      await form.getByLabel('Address').fill('ftp://crm.example');
      await form.getByRole('button', { name: 'Save' }).click();
      await form.getByText(/must be an http/).waitFor();
      await form.getByLabel('Address').fill(`${receiver.url}/in?key=hidden`);
      await form.getByRole('button', { name: 'Save' }).click();
      const shown = page.getByRole('dialog', { name: 'The signing secret' });
      const secret = (await shown.getByText(/^whsec_/).textContent()) ?? '';
      await look('secret');
      await shown.getByRole('button', { name: 'I have copied it' }).click();
      await page.getByRole('switch', { name: 'CRM is on' }).waitFor();
      await look('list');
      await page.getByRole('link', { name: 'CRM' }).click();
      receiver.answer(410);
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByText('The test was not delivered: it refused. It answered 410.').waitFor();
      const { visitor, conversationId } = await call(test);
      const deliveries = page.getByRole('region', { name: 'Deliveries' });
      await refreshUntil(page, deliveries.getByText('Given up'));
      await look('deliveries');
      receiver.answer(200);
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByText('The test was delivered; the receiver answered 200.').waitFor();
      await deliveries.getByRole('button', { name: 'Send again' }).click();
      await refreshUntil(page, deliveries.getByText('Delivered'));
      const told = receiver.received.at(-1);
      expect(told?.body).toContain(conversationId);
      expect(told?.headers['webhook-signature']).toBe(signatureOf(told, secret));
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByText(`${receiver.url} · paused`).waitFor();
      await page.getByRole('button', { name: 'Edit' }).click();
      const edit = page.getByRole('dialog', { name: 'Edit CRM' });
      await edit.getByLabel('Name').fill('CRM and more');
      await edit.getByLabel('A message was written').check();
      await edit.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'CRM and more' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'CRM and more' }).waitFor();
      expect(await page.content()).not.toMatch(/whsec_|key=hidden/);
      await page.getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await page.getByText('No webhook yet').waitFor();
      visitor.close();
    },
    60_000,
  );
});

/** Reads the deliveries again until what is looked for is among them. */
async function refreshUntil(page: Page, wanted: Locator): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
    await page.getByRole('button', { name: 'Refresh' }).click();
    const there = await wanted
      .first()
      .waitFor({ timeout: 500 })
      .then(() => true)
      .catch(() => false);
    if (there) return;
  }
  throw new Error('it did not come about in time');
}

function signatureOf(told: ReceivedWebhook | undefined, secret: string): string {
  const signed = `${told?.headers['webhook-id']}.${told?.headers['webhook-timestamp']}.${told?.body}`;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

interface PageDocument {
  querySelector(selector: string): { value?: string } | null;
}

/** A picture of one pixel. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
