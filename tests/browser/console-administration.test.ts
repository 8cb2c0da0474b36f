import { readFileSync } from 'node:fs';
import { TOTP } from 'otpauth';
import type { Browser, Locator } from 'playwright-core';
import type {
  AccountSettings,
  Page,
  TotpSetup,
  WireApiToken,
  WireDepartment,
  WireUser,
} from '../../shared/protocol/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  axeFindings,
  type ConsolePage,
  call,
  describeInBrowser,
  expectGone,
  openConsole,
  picture,
  signIn,
  staff,
} from './console-support.ts';

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
    await page.getByLabel('Kept, in days').fill('2');
    await page.getByLabel('Kept as given').check();
    await page.getByLabel('Audit log, in days').fill('90');
    await page.getByRole('switch', { name: 'Ask for a reason' }).press('Space');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved.').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    const field = { key: 'customerNumber', label: 'Customer number', category: 'contact', searchable: false };
    expect(await stored('/settings')).toMatchObject({
      transcriptRetentionDays: 3,
      auditRetentionDays: 90,
      activityLog: { reasonRequired: true },
      dpa: { customFields: [{ ...field, retentionDays: 2, keepAsGiven: true }] },
    });
    const saveField = async () => {
      const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
      await page.getByRole('button', { name: 'Save' }).click();
      expect((await saved).status()).toBe(200);
      return ((await stored('/settings')) as unknown as AccountSettings).dpa.customFields;
    };
    await page.getByLabel('Kept, in days').fill('');
    await page.getByLabel('Kept as given').uncheck();
    expect(await saveField()).toEqual([field]);
    await page.getByRole('button', { name: 'Take away field Customer number' }).click();
    await page.getByText('The values of Customer number are erased').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'settings-field-gone');
    expect(await saveField()).toEqual([]);
    await expectGone(page.getByText('The values of Customer number are erased'));
    const asked = async () => (await test.call('POST', '/auth/login', test.admin)).body.secondFactor;
    const required = page.getByRole('switch', { name: 'Ask everybody for a second factor' });
    const saveTurned = async (on: boolean) => {
      await required.press('Space');
      await page.getByRole('switch', { name: 'Ask everybody', checked: on }).waitFor();
      const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
      await page.getByRole('button', { name: 'Save' }).click();
      expect((await saved).status()).toBe(200);
    };
    await saveTurned(true);
    await picture(page, 'settings-sign-in');
    expect(await asked()).toMatchObject({ kind: 'setup' });
    await saveTurned(false);
    expect(await asked()).toBeUndefined();
  });

  it('adds a user, changes the roles, and ends the access', async () => {
    const { page } = opened;
    const { accessToken, accountId } = await test.signIn();
    const departments = `/accounts/${accountId}/departments`;
    const { body: department } = await test.call<WireDepartment>(
      'POST',
      departments,
      { name: 'Returns', members: [] },
      accessToken,
    );
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
    const row = page.getByRole('row', { name: /eve@example.com/ });
    await row.getByText('Agent, Supervisor').waitFor();
    const change = async (fill: (edit: Locator) => Promise<void>): Promise<WireUser> => {
      await row.getByRole('button', { name: 'Actions for Eve' }).click();
      await page.getByRole('menuitem', { name: 'Edit' }).click();
      const edit = page.getByRole('dialog', { name: /^Edit Eve/ });
      await fill(edit);
      await edit.getByRole('button', { name: 'Save' }).click();
      await expectGone(edit);
      const { items } = (await stored('/users')) as unknown as Page<WireUser>;
      return items.find(({ email }) => email === 'eve@example.com') as WireUser;
    };
    const limited = await change(async (edit) => {
      await edit.getByRole('combobox', { name: 'Supervisor only in' }).click();
      await page.getByRole('option', { name: 'Returns' }).click();
      expect(await edit.getByRole('combobox', { name: 'Analyst only in' }).count()).toBe(0);
      expect(await axeFindings(page)).toEqual([]);
      await picture(page, 'user-limits');
    });
    expect(limited.departmentLimits).toEqual({ supervisor: [department.id] });
    await row.getByText('Agent, Supervisor (only Returns)').waitFor();
    const renamed = await change((edit) => edit.getByLabel('Name').fill('Eve Renamed'));
    expect(renamed).toEqual({ ...limited, name: 'Eve Renamed' });
    const freed = await change(async (edit) => {
      await edit.getByRole('combobox', { name: 'Supervisor only in' }).press('Backspace');
    });
    expect(freed.departmentLimits).toBeUndefined();
    await page.getByRole('row', { name: /Eve Renamed .* Agent, Supervisor/ }).waitFor();
    await row.getByRole('button', { name: 'Actions for Eve' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await row.getByText('disabled').waitFor();
    const refused = await test.call('POST', '/auth/login', {
      email: 'eve@example.com',
      password: 'ferry lantern cobalt 91',
    });
    expect(refused.status).toBe(401);
    await test.call('DELETE', `${departments}/${department.id}`, undefined, accessToken);
  });

  it('shows how a user signs in, takes a lost second factor off, and gives a code for a new password', async () => {
    const { page } = opened;
    const lost = await staff(test, 'Lois');
    const { accessToken } = await test.signIn({ email: lost.email, password: lost.password });
    const { body: setup } = await test.call<TotpSetup>(
      'POST',
      '/auth/second-factor/setup',
      { password: lost.password },
      accessToken,
    );
    const code = new TOTP({ secret: setup.secret }).generate();
    await test.call('POST', '/auth/second-factor/confirm', { code }, accessToken);
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('button', { name: 'Actions for Lois' }).click();
    await page.getByRole('menuitem', { name: 'Sign-in' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign-in of Lois' });
    await dialog.getByText('10 recovery codes left.').waitFor();
    await dialog.getByRole('row', { name: /Another program/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'user-sign-in');
    await dialog.getByRole('button', { name: 'Take it off' }).click();
    await dialog.getByText('None is set up.').waitFor();
    await dialog.getByText('Signed in nowhere.').waitFor();
    expect((await test.call('GET', '/auth/me', undefined, accessToken)).status).toBe(401);
    await dialog.getByRole('button', { name: 'Make a code for a new password' }).click();
    const once = page.getByRole('dialog', { name: 'One-time code' });
    const token = String(await once.locator('code').textContent());
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'user-reset-code');
    const newPassword = 'tre gula cyklar';
    expect((await test.call('POST', '/auth/password-reset', { token, newPassword })).status).toBe(204);
    await once.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('button', { name: 'Actions for Lois' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    const asked = page.getByRole('dialog', { name: 'Remove Lois?' });
    await asked.getByRole('button', { name: 'Remove' }).click();
    await expectGone(page.getByRole('row', { name: /Lois/ }));
    const again = { email: lost.email, password: newPassword };
    expect((await test.call('POST', '/auth/login', again)).status).toBe(401);
  });

  it('makes, renames and removes a department, and says why one with a line stays', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('link', { name: 'Departments' }).click();
    await page.getByText('No department yet').waitFor();
    await page.getByRole('button', { name: 'New department' }).click();
    const form = page.getByRole('dialog', { name: 'New department' });
    await form.getByLabel('Name').fill('Sales');
    await form.getByRole('combobox', { name: 'Members' }).click();
    await page.getByRole('option', { name: /Administrator/ }).click();
    await form.getByLabel('Name').click();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Sales Administrator/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'departments');
    await page.getByRole('button', { name: 'Edit Sales' }).click();
    const edit = page.getByRole('dialog', { name: 'Edit Sales' });
    await edit.getByLabel('Name').fill('Sales and orders');
    await edit.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Sales and orders Administrator/ }).waitFor();
    const { items } = (await stored('/departments')) as { items?: { id: string; name: string }[] };
    expect(items?.map(({ name }) => name)).toEqual(['Sales and orders']);
    const { visitor, conversationId } = await call(test, { departmentId: String(items?.[0]?.id) });
    const remove = async () => {
      await page.getByRole('button', { name: 'Remove Sales and orders' }).click();
      const asked = page.getByRole('dialog', { name: 'Remove Sales and orders?' });
      await asked.getByRole('button', { name: 'Remove' }).click();
      return asked;
    };
    const refused = await remove();
    await page.getByText('That did not work').waitFor();
    await picture(page, 'department-in-use');
    await refused.getByRole('button', { name: 'Cancel' }).click();
    await visitor.emit('chat:end', { conversationId });
    visitor.close();
    await remove();
    await page.getByText('No department yet').waitFor();
  });

  it('makes an API token for what it needs, shows it once, and removes it', async () => {
    const { page } = opened;
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('link', { name: 'API tokens' }).click();
    await page.getByText('No API token yet').waitFor();
    await page.getByRole('button', { name: 'New token' }).click();
    const form = page.getByRole('dialog', { name: 'New API token' });
    await form.getByLabel('Name').fill('Nightly export');
    await form.getByRole('button', { name: 'Make the token' }).click();
    await form.getByText('Choose at least one').waitFor();
    expect(await form.getByRole('checkbox', { name: 'user:write' }).count()).toBe(0);
    await form.getByRole('checkbox', { name: 'site:read' }).check();
    const addresses = form.getByLabel('Addresses');
    await addresses.fill('127.0.0.0/40');
    await addresses.press('Enter');
    await form.getByRole('button', { name: 'Make the token' }).click();
    await form.getByText('Enter addresses, or networks').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'token-fault');
    await addresses.press('Backspace');
    await addresses.fill('127.0.0.0/8');
    await addresses.press('Enter');
    await form.getByRole('button', { name: 'Make the token' }).click();
    const once = page.getByRole('dialog', { name: 'The new token' });
    const token = String(await once.locator('code').textContent());
    await picture(page, 'token-once');
    const { accountId } = await test.signIn();
    const use = async () => (await test.call('GET', `/accounts/${accountId}/sites`, undefined, token)).status;
    expect(await use()).toBe(200);
    await once.getByRole('button', { name: 'I have kept it' }).click();
    await page
      .getByRole('row', { name: /Nightly export/ })
      .getByText('127.0.0.0/8')
      .waitFor();
    expect(await page.getByText(token).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'tokens');
    const { items } = (await stored('/api-tokens')) as unknown as Page<WireApiToken>;
    expect(items).toMatchObject([{ name: 'Nightly export', scopes: ['site:read'] }]);
    await page.getByRole('button', { name: 'Edit Nightly export' }).click();
    const edit = page.getByRole('dialog', { name: 'Edit Nightly export' });
    await edit.getByLabel('Name').fill('Hourly export');
    await edit.getByRole('combobox', { name: 'Good for' }).click();
    await page.getByRole('option', { name: 'until it is removed' }).click();
    await edit.getByRole('checkbox', { name: 'site:read' }).uncheck();
    await edit.getByRole('checkbox', { name: 'report:read' }).check();
    await edit.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Hourly export .* report:read .* it is removed/ }).waitFor();
    expect(await use()).toBe(403);
    await page.getByRole('button', { name: 'Remove Hourly export' }).click();
    const asked = page.getByRole('dialog', { name: 'Remove Hourly export?' });
    await asked.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No API token yet').waitFor();
    expect(await use()).toBe(401);
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
