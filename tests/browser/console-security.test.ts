import { TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startIdentityProvider, type TestProvider } from '../support/identity-provider.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { axeFindings, describeInBrowser, openConsole, picture, signIn, staff } from './console-support.ts';

const STEP_MS = 30_000;

describeInBrowser('sign-in and own security in the console', () => {
  let browser: Browser;
  let provider: TestProvider;
  let test: TestServer;

  beforeAll(async () => {
    [browser, provider] = await Promise.all([launchBrowser(), startIdentityProvider()]);
    test = await startTestServer({ env: provider.env });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await test?.close();
    await provider?.stop();
  });

  const mainMenu = (page: Page) => page.getByRole('navigation', { name: 'Main' });

  async function fillPassword(page: Page, who: { email: string; password: string }): Promise<void> {
    await page.getByLabel('E-mail').fill(who.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(who.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function openSecurity(page: Page, name: string): Promise<void> {
    await page.getByRole('button', { name: `Account menu of ${name}` }).click();
    await page.getByRole('menuitem', { name: 'My security' }).click();
    await page.getByRole('heading', { name: 'My security' }).waitFor();
  }

  it('sets a second factor up, asks for it at the next sign-in, and takes a recovery code', async () => {
    const who = await staff(test, 'Sia');
    const { page, context, problems } = await openConsole(browser, test);
    await signIn(page, who);
    await openSecurity(page, who.name);
    await page.getByRole('table').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'security');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('textbox', { name: 'Your password' }).fill(who.password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'security-setup');
    const secret = String(await page.locator('code').textContent()).replaceAll(/\s/g, '');
    const totp = new TOTP({ secret });
    await page.getByLabel('Code from the app').fill(totp.generate());
    await page.getByRole('button', { name: 'Turn on' }).click();
    const codes = page.getByRole('list', { name: 'Recovery codes' });
    await codes.waitFor();
    await picture(page, 'security-codes');
    const recoveryCode = String(await codes.getByRole('listitem').first().textContent());
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('10 recovery codes left.').waitFor();
    await page.getByRole('button', { name: `Account menu of ${who.name}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();

    await fillPassword(page, who);
    const code = page.getByLabel('Code from the app, or a recovery code');
    await code.fill('000000');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('The code is not right').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'sign-in-code');
    await code.fill(totp.generate({ timestamp: Date.now() + STEP_MS }));
    await page.getByRole('button', { name: 'Continue' }).click();
    await mainMenu(page).waitFor();
    await page.getByRole('button', { name: `Account menu of ${who.name}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();

    await fillPassword(page, who);
    await code.fill(recoveryCode);
    await page.getByRole('button', { name: 'Continue' }).click();
    await mainMenu(page).waitFor();
    await context.close();
    expect(problems).toEqual([]);
  });

  it('changes the password with the reason of a refusal at its field, and ends other sign-ins', async () => {
    const who = await staff(test, 'Pia');
    const other = await test.signIn({ email: who.email, password: who.password });
    const { page, context, problems } = await openConsole(browser, test);
    await signIn(page, who);
    await openSecurity(page, who.name);
    const [current, next] = [
      page.getByRole('textbox', { name: 'Current password' }),
      page.getByRole('textbox', { name: 'New password' }),
    ];
    const change = page.getByRole('button', { name: 'Change password' });
    await current.fill(who.password);
    await next.fill('password12345');
    await change.click();
    await page.getByText('is among the most common or leaked passwords').waitFor();
    await current.fill('wrong');
    await next.fill('tre gula cyklar');
    await change.click();
    await page.getByText('The current password is not right.').first().waitFor();
    await picture(page, 'security-password-fault');
    await current.fill(who.password);
    await change.click();
    await page.getByText('Your password is changed.').waitFor();
    expect((await test.call('GET', '/auth/me', undefined, other.accessToken)).status).toBe(401);
    const again = await test.signIn({ email: who.email, password: 'tre gula cyklar' });
    await page.reload();
    await page.getByRole('button', { name: 'End all others' }).click();
    await page.getByText('Every other sign-in has ended.').waitFor();
    expect((await test.call('GET', '/auth/me', undefined, again.accessToken)).status).toBe(401);
    await context.close();
    expect(problems).toEqual([]);
  });

  it('takes a one-time code for a new password', async () => {
    const who = await staff(test, 'Rio');
    const { accessToken, accountId } = await test.signIn();
    const path = `/accounts/${accountId}/users/${who.id}/password-reset`;
    const { body } = await test.call<{ token: string }>('POST', path, undefined, accessToken);
    const { page, context, problems } = await openConsole(browser, test);
    await page.getByRole('button', { name: 'I have a code for a new password' }).click();
    await page.getByLabel('One-time code').fill(body.token);
    await page.getByRole('textbox', { name: 'New password' }).fill('fyra gula cyklar');
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'sign-in-reset');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('Your new password is set.').waitFor();
    await signIn(page, { email: who.email, password: 'fyra gula cyklar' });
    await context.close();
    expect(problems).toEqual([]);
  });

  it('signs in by the identity provider, and keeps no code in the address', async () => {
    const who = await staff(test, 'Ida');
    const { page, context, problems } = await openConsole(browser, test);
    const button = page.getByRole('button', { name: 'Continue with Acme' });
    await button.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'sign-in-provider');
    await button.click();
    await page.locator('input[name=login]').fill(who.email);
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
    await page.locator('button[type=submit]').click();
    await mainMenu(page).waitFor();
    expect(page.url()).not.toContain('code=');
    await context.close();
    expect(problems.filter((problem) => problem.includes('console'))).toEqual([]);
  });
});
