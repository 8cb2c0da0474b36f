import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { connectVisitor } from '../support/clients.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  assignBy,
  composer,
  describeInBrowser,
  goOnline,
  log,
  openConsole,
  signIn,
} from './console-support.ts';

describeInBrowser('the console over a restart of the server', () => {
  let browser: Browser;
  let test: TestServer;

  beforeAll(async () => {
    browser = await launchBrowser();
    test = await startTestServer();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await test?.close();
  });

  it('P1 P3: neither loses nor doubles a line, and stays what the agent chose to be', async () => {
    await assignBy(test, 'automatic');
    const { page, problems } = await openConsole(browser, test);
    await signIn(page, test.admin);
    await goOnline(page);
    const session = await test.openVisitorSession();
    const visitor = await connectVisitor(test, session.visitorToken);
    const { conversationId } = await visitor.emit('chat:start', {});
    await visitor.emit('message:send', { conversationId, clientId: 'v1', text: 'before' });
    await log(page).getByText('before').waitFor();
    await composer(page).fill('answer one');
    await composer(page).press('Enter');
    await visitor.next('message:new', ({ text }) => text === 'answer one');

    const port = new URL(test.url).port;
    const { dataDir } = test;
    visitor.close();
    await test.close({ keepData: true });
    await page.getByText(/Reconnecting/).waitFor();
    await composer(page).fill('written while away, first');
    await composer(page).press('Enter');
    await composer(page).fill('written while away, second');
    await composer(page).press('Enter');
    await log(page).getByText('Sending').first().waitFor();

    test = await startTestServer({ dataDir, env: { PORT: port } });
    await log(page).getByText('Sending').first().waitFor({ state: 'detached' });
    const again = await connectVisitor(test, session.visitorToken);
    await again.emit('message:send', { conversationId, clientId: 'v2', text: 'after' });
    await log(page).getByText('after', { exact: true }).waitFor();
    const { messages } = await again.emit('chat:resume', { conversationId, afterSeq: 0 });
    const said = messages.filter(({ kind }) => kind === 'text').map(({ text }) => text);
    const expected = [
      'before',
      'answer one',
      'written while away, first',
      'written while away, second',
      'after',
    ];
    expect(said).toEqual(expected);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_message, index) => index + 1));
    const shown = await log(page).locator('[class*=bubble]').allTextContents();
    expect(shown).toEqual(expected);
    await page.getByRole('button', { name: 'You are online. Change presence' }).waitFor();
    again.close();
    expect(problems).toEqual([]);
  }, 60_000);
});
