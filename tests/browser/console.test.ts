import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { connectAgent } from '../support/clients.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  assignBy,
  axeFindings,
  type Caller,
  type ConsolePage,
  call,
  composer,
  describeInBrowser,
  expectGone,
  goOnline,
  log,
  nameOf,
  openConsole,
  picture,
  signIn,
  staff,
} from './console-support.ts';

describeInBrowser('the console in a browser', () => {
  let browser: Browser;
  let test: TestServer;
  const opened: ConsolePage[] = [];
  const callers: Caller[] = [];

  const open = async (...args: [options?: Parameters<typeof openConsole>[2]]): Promise<ConsolePage> => {
    const console = await openConsole(browser, test, ...args);
    opened.push(console);
    return console;
  };
  const ring = async (): Promise<Caller> => {
    const caller = await call(test);
    callers.push(caller);
    return caller;
  };
  /** Signed in as a new staff member, online, in the inbox. */
  const desk = async (name: string): Promise<ConsolePage> => {
    const console = await open();
    await signIn(console.page, await staff(test, name));
    await goOnline(console.page);
    return console;
  };

  beforeAll(async () => {
    browser = await launchBrowser();
    test = await startTestServer();
    await assignBy(test, 'manual');
  }, 60_000);

  afterEach(async () => {
    const problems = opened.flatMap((console) => console.problems);
    for (const { visitor, conversationId } of callers.splice(0)) {
      await visitor.emitRaw('chat:end', { conversationId });
      visitor.close();
    }
    for (const { context } of opened.splice(0)) await context.close();
    expect(problems).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await test?.close();
  });

  it('signs in, keeps the session over a reload, and signs out', async () => {
    const { page } = await open();
    await page.getByLabel('E-mail').fill(test.admin.email);
    await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The e-mail or the password is wrong').waitFor();
    await signIn(page, test.admin);
    await page.reload();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.getByRole('button', { name: /Account menu/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
  });

  it('goes back to the sign-in with a message when the session has ended', async () => {
    const who = await staff(test, 'Leaver');
    const { page } = await open();
    await signIn(page, who);
    const { accessToken, accountId } = await test.signIn();
    await test.call('PATCH', `/accounts/${accountId}/users/${who.id}`, { disabled: true }, accessToken);
    await page.getByText('Your session has ended. Please sign in again.').waitFor();
  });

  it('a copied tab does not use the session of the first', async () => {
    const { page, context } = await open();
    await signIn(page, test.admin);
    const kept = await page.evaluate<string>('JSON.stringify(sessionStorage)');
    const copy = await context.newPage();
    await copy.addInitScript({ content: `Object.assign(sessionStorage, ${kept});` });
    await copy.goto(page.url());
    await copy.getByText('This tab is a copy of another one').waitFor();
    await page.reload();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  });

  it('takes a visitor from the queue and chats both ways, with previews, seen marks, notes and a close', async () => {
    const { page } = await desk('Alma');
    const caller = await ring();
    await caller.say('Hello, do the boots run small?');
    await page.getByText(/waiting 0:0/).waitFor();
    await picture(page, 'queue');
    await page.getByRole('button', { name: /^Accept Visitor/ }).click();
    await log(page).getByText('do the boots run small').waitFor();

    const { conversationId, visitor } = caller;
    await composer(page).fill('A little, take one size more.');
    await visitor.next('typing', ({ active }) => active);
    await composer(page).press('Enter');
    const answer = await visitor.next('message:new', ({ from }) => from.kind === 'agent');
    expect(answer).toMatchObject({ text: 'A little, take one size more.', kind: 'text' });
    await visitor.emit('message:seen', { conversationId, seq: answer.seq });
    await log(page).getByText('Seen').waitFor();

    await visitor.emit('typing', {
      conversationId,
      active: true,
      text: 'and my card is 4111 1111 1111 1111',
    });
    await log(page).getByText('and my card is').waitFor();
    await picture(page, 'typing');
    expect(await log(page).textContent()).not.toContain('4111');
    await caller.say('My card is 4111 1111 1111 1111, is that fine?');
    await log(page).getByText('1 detail removed').waitFor();
    expect(await log(page).textContent()).not.toContain('4111');
    await caller.say('and my number is 811218');
    await log(page).getByText('811218').waitFor();
    await visitor.emit('typing', { conversationId, active: true, text: '-9876, I think' });
    await log(page).getByText(', I think').waitFor();
    expect(await log(page).textContent()).not.toContain('9876');
    await caller.say('-9876');
    await expectGone(log(page).getByText('811218'));
    expect(await log(page).textContent()).not.toContain('9876');

    await page.locator('label', { hasText: 'Note' }).click();
    await page.getByRole('textbox', { name: 'Note for staff' }).fill('Sounds like size 39.');
    await page.getByRole('button', { name: 'Save note' }).click();
    await log(page).getByText('Sounds like size 39.').waitFor();
    await log(page).getByText('note, not shown to the visitor').waitFor();
    await picture(page, 'chat');

    await page.getByRole('button', { name: 'Close chat' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close chat' }).click();
    await page.getByText('This chat is closed.').waitFor();
    await visitor.next('chat:update', ({ status }) => status === 'closed');
    const seen = visitor.all('message:new').map(({ text }) => text);
    expect(seen).not.toContain('Sounds like size 39.');
    await page.getByRole('button', { name: 'Put away' }).click();
    await page.getByText('You have no chats.').waitFor();
  }, 40_000);

  it('holds several chats with unread counts, moved through by keyboard', async () => {
    const { page } = await desk('Bea');
    const first = await ring();
    await page.getByRole('button', { name: /^Accept Visitor/ }).click();
    await composer(page).waitFor();
    const second = await ring();
    await page.getByRole('button', { name: /^Accept Visitor/ }).click();
    await page.getByRole('heading', { level: 2, name: nameOf(second) }).waitFor();
    await first.say('Are you there?');
    await first.say('Hello?');
    const item = page.getByRole('button', { name: new RegExp(`${nameOf(first)}.*2 unread`) });
    await item.waitFor();
    await page.getByText('2 unread messages').waitFor();
    expect(await page.title()).toBe('(2) Inbox · Engagement console');
    await picture(page, 'several');
    await composer(page).fill('half a line');
    await composer(page).press('Escape');
    await page.keyboard.press('k');
    await log(page).getByText('Are you there?').waitFor();
    await expectGone(item);
    expect(await composer(page).inputValue()).toBe('');
    await composer(page).press('Escape');
    await page.keyboard.press('j');
    await page.getByRole('heading', { level: 2, name: nameOf(second) }).waitFor();
    expect(await composer(page).inputValue()).toBe('half a line');
    await composer(page).press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await picture(page, 'shortcuts');
  });

  it('hands a chat on with a note; a supervisor watches it, whispers, and takes it over', async () => {
    const [mia, ola] = [await desk('Mia'), await desk('Ola')];
    const caller = await ring();
    await caller.say('I want to speak to the manager');
    await mia.page
      .getByRole('button', { name: /Accept/ })
      .first()
      .click();
    await log(mia.page).getByText('speak to the manager').waitFor();
    await mia.page.getByRole('button', { name: 'Hand on' }).click();
    const dialog = mia.page.getByRole('dialog', { name: 'Hand this chat on' });
    await dialog.getByRole('combobox', { name: 'Colleague' }).click();
    await mia.page.getByRole('option', { name: /^Ola \(0 of/ }).click();
    await dialog.getByLabel('Note').fill('Rather upset');
    expect(await axeFindings(mia.page)).toEqual([]);
    await picture(mia.page, 'transfer');
    await dialog.getByRole('button', { name: 'Hand on' }).click();
    await mia.page.getByText('This chat is with Ola now.').waitFor();
    await log(ola.page).getByText('Rather upset').waitFor();

    const boss = await open({ path: `/transcripts/${caller.conversationId}` });
    await signIn(boss.page, await staff(test, 'Sue', ['supervisor']));
    await boss.page.getByRole('button', { name: 'Watch' }).click();
    await boss.page.getByText("You watch Ola's chat.").waitFor();
    await caller.say('Still there?');
    await log(boss.page).getByText('Still there?').waitFor();
    await boss.page.getByLabel('Whisper to Ola').fill('Offer a refund');
    await boss.page.getByLabel('Whisper to Ola').press('Enter');
    await log(ola.page).getByText('Offer a refund').waitFor();
    expect(await axeFindings(boss.page)).toEqual([]);
    await picture(boss.page, 'watching');
    await boss.page.getByRole('button', { name: 'Take over' }).click();
    await composer(boss.page).waitFor();
    await ola.page.getByText('This chat is with Sue now.').waitFor();
    await composer(boss.page).fill('This is Sue.');
    await composer(boss.page).press('Enter');
    const heard = await caller.visitor.next('message:new', ({ text }) => text === 'This is Sue.');
    expect(heard.from.name).toBe('Sue');
    expect(caller.visitor.all('message:new').map(({ kind }) => kind)).toEqual(['text']);
  });

  it('shows at once what a change of roles takes away', async () => {
    const { page } = await desk('Una');
    await page.getByRole('link', { name: 'Transcripts' }).waitFor();
    const { accessToken, accountId } = await test.signIn();
    const users = await test.call('GET', `/accounts/${accountId}/users?limit=200`, undefined, accessToken);
    const una = (users.body.items as { id: string; name: string }[]).find(({ name }) => name === 'Una');
    const path = `/accounts/${accountId}/users/${una?.id}`;
    await test.call('PATCH', path, { roles: ['analyst'] }, accessToken);
    await expectGone(page.getByRole('link', { name: 'Transcripts' }));
    await page.getByRole('link', { name: 'Engagement' }).waitFor();
  });

  it('keeps case id and tags, and shows the pages that the visitor saw', async () => {
    const { page } = await desk('Cleo');
    await ring();
    await page.getByRole('button', { name: /^Accept Visitor/ }).click();
    const details = page.getByRole('complementary', { name: 'Visitor details' });
    await details.getByText('Boots', { exact: true }).waitFor();
    await details.getByLabel('Case id').fill('RETURN-7');
    await details.getByLabel('Case id').press('Enter');
    await details.getByLabel('Tags').fill('returns');
    await details.getByLabel('Tags').press('Enter');
    await page.getByText(/RETURN-7 · since/).waitFor();
    await page.reload();
    await page
      .getByRole('button', { name: /Visitor/ })
      .first()
      .click();
    await details.getByText('returns').waitFor();
    expect(await details.getByLabel('Case id').inputValue()).toBe('RETURN-7');
  });

  it('finds a transcript by its case and erases it after a typed confirmation', async () => {
    const caller = await ring();
    await caller.say('Please forget me');
    await caller.visitor.emit('chat:end', { conversationId: caller.conversationId });
    const { page } = await open({ path: '/transcripts' });
    await signIn(page, test.admin);
    await page.getByLabel('Case id').fill(caller.caseId);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: caller.caseId }).click();
    await page.getByText('Please forget me').waitFor();
    await picture(page, 'transcript');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'Plain text' }).click();
    expect((await download).suggestedFilename()).toMatch(/\.txt$/);
    await page.getByRole('button', { name: 'Erase' }).click();
    const dialog = page.getByRole('dialog');
    const erase = dialog.getByRole('button', { name: 'Erase' });
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByLabel(/Type the case id/).fill(caller.caseId);
    await erase.click();
    await page.getByText('The transcript is gone').waitFor();
    await picture(page, 'erased');
    await page.getByRole('link', { name: 'All transcripts' }).click();
    await page.getByRole('heading', { name: 'Transcripts' }).waitFor();
    await expectGone(page.getByRole('link', { name: caller.caseId }));
  });

  it('finds transcripts by tag, department and the whole value of a field', async () => {
    const { accessToken, accountId } = await test.signIn();
    const administer = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
      test.call<{ id: string }>(method, `/accounts/${accountId}${path}`, body, accessToken);
    const field = { key: 'orderNumber', label: 'Order number', category: 'order', searchable: true };
    await administer('PATCH', '/settings', { dpa: { customFields: [field] } });
    const { body: department } = await administer('POST', '/departments', { name: 'Repairs', members: [] });
    const found = await call(test, { departmentId: department.id });
    const other = await call(test);
    await found.visitor.emit('profile:update', { fields: { orderNumber: 'R-2207' } });
    const agent = await connectAgent(test);
    for (const [{ conversationId }, tag] of [
      [found, 'broken'],
      [other, 'whole'],
    ] as const) {
      await agent.emit('chat:accept', { conversationId });
      await agent.emit('chat:tag', { conversationId, tags: [tag] });
    }
    const { page } = await open({ path: '/transcripts' });
    await signIn(page, test.admin);
    const search = page.getByRole('form', { name: 'Search transcripts' });
    const link = (caseId: string) => page.getByRole('link', { name: caseId });
    const onlyFound = async (fill: () => Promise<void>, clear: () => Promise<void>) => {
      await search.getByRole('button', { name: 'Search' }).click();
      await link(other.caseId).waitFor();
      await fill();
      await search.getByRole('button', { name: 'Search' }).click();
      await expectGone(link(other.caseId));
      await link(found.caseId).waitFor();
      await clear();
    };
    const tag = search.getByLabel('Tag');
    await onlyFound(
      () => tag.fill('broken'),
      () => tag.fill(''),
    );
    /** Chosen once more, it is chosen no longer. */
    const chooseDepartment = async () => {
      await search.getByRole('combobox', { name: 'Department' }).click();
      await page.getByRole('option', { name: 'Repairs' }).click();
    };
    await onlyFound(chooseDepartment, chooseDepartment);
    await search.getByRole('combobox', { name: 'Field' }).click();
    await page.getByRole('option', { name: 'Order number' }).click();
    const value = search.getByLabel('Its whole value');
    await onlyFound(
      () => value.fill('r-2207'),
      () => value.fill('R-22'),
    );
    await search.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No conversation found').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, 'transcripts-search');
    found.visitor.close();
    other.visitor.close();
    agent.close();
  });

  it('says clearly when a transcript fails its integrity check', async () => {
    const caller = await ring();
    await caller.say('what was said');
    const { page } = await open({ path: `/transcripts/${caller.conversationId}` });
    await page.route('**/conversations/*?include=messages*', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          code: 'transcript.tampered',
          status: 500,
          title: 'x',
          type: 'x',
          detail: 'x',
        }),
      }),
    );
    await signIn(page, test.admin);
    await page.getByText('This transcript is not shown: its integrity check failed').waitFor();
    await picture(page, 'tampered');
    expect(await page.getByRole('button', { name: 'Erase' }).count()).toBe(0);
  });

  it('adds a redaction rule with a live trial, and it works at once', async () => {
    const { page } = await open({ path: '/redaction' });
    await signIn(page, test.admin);
    await page.getByLabel('Try a text').fill('card 4111 1111 1111 1111 today');
    await page.locator('mark', { hasText: '4111 1111 1111 1111' }).waitFor();
    await picture(page, 'redaction-trial');
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByLabel('Name').fill('Order numbers');
    const pattern = page.getByRole('textbox', { name: 'Pattern' });
    await pattern.fill('(?<=A)ORD-\\d+');
    await page
      .getByText(/look-?behind|look-around:|at position|at 0/i)
      .last()
      .waitFor();
    expect(await pattern.getAttribute('aria-invalid')).toBe('true');
    await picture(page, 'rule-refused');
    await pattern.fill('ORD-\\d{6}');
    await page.getByLabel('Try a text').fill('it is ORD-123456, thanks');
    await page.locator('mark', { hasText: 'ORD-123456' }).waitFor();
    await page.getByLabel('Must be recognised').fill('ORD-12');
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByText(/example/i)
      .first()
      .waitFor();
    await page.getByLabel('Must be recognised').fill('ORD-123456');
    await picture(page, 'rule-editor');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Redaction rules' }).waitFor();
    await page.getByRole('link', { name: 'Order numbers' }).waitFor();
    const caller = await ring();
    const { conversationId, visitor } = caller;
    const sent = await visitor.emit('message:send', { conversationId, clientId: 'o', text: 'ORD-654321' });
    expect(sent.text).not.toContain('654321');
    expect(sent.removed[0]?.name).toBe('Order numbers');
  });

  it('shows only what the roles allow', async () => {
    const who = await staff(test, 'Anna', ['analyst']);
    const { page } = await open({ path: '/users' });
    await signIn(page, who);
    await page.getByText('Nothing to see here').waitFor();
    const links = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();
    expect(links.map((text) => text.trim())).toEqual(['Engagement', 'Sites', 'Settings']);
    await page.getByRole('link', { name: 'Sites' }).click();
    await page.getByRole('heading', { name: 'demo' }).waitFor();
    expect(await page.getByRole('button', { name: /Add site|Edit/ }).count()).toBe(0);
  });

  it('a second tab flips nothing, and both show what was chosen last', async () => {
    const who = await staff(test, 'Dora');
    const one = await open();
    await signIn(one.page, who);
    await goOnline(one.page);
    const two = await open();
    await signIn(two.page, who);
    await one.page.getByRole('button', { name: 'You are online. Change presence' }).click();
    await one.page.getByRole('menuitemradio', { name: /Away/ }).click();
    await two.page.getByRole('button', { name: 'You are away. Change presence' }).waitFor();
    await two.context.close();
    await one.page.getByRole('button', { name: 'You are away. Change presence' }).waitFor();
  });
});
