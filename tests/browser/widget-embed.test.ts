import type { Browser, Page } from 'playwright-core';
import type { WireSite, WireTranscript } from '../../shared/protocol/index.ts';
import { launchBrowser } from '../support/browser.ts';
import type { AgentClient } from '../support/clients.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import {
  accessibilityFaults,
  buildVisitorPages,
  type CustomerSite,
  chatFrame,
  eventually,
  onlineAgent,
  startCustomerSite,
  storedOnDevice,
  visit,
} from './widget-page.ts';

jest.setTimeout(60_000);

const NOTHING = { local: [], session: [], cookie: '', databases: 0, caches: 0 };
const HOSTILE_STYLES = `
  body, body * { transform: rotate(3deg) !important; }
  * { color: red !important; font-size: 40px !important; }
  div, iframe { display: none !important; width: 1px !important; opacity: 0 !important; }
`;

/** What a page can see of itself: its globals, its own changes to them, and how its text looks. */
const selfPortrait = async (page: Page) =>
  await page.evaluate(() => {
    const scope = globalThis as unknown as {
      document: { querySelector(selector: string): unknown; cookie: string };
      getComputedStyle(element: unknown): Record<string, string>;
      history: object;
    };
    const style = scope.getComputedStyle(scope.document.querySelector('p'));
    return {
      globals: Object.getOwnPropertyNames(globalThis).sort(),
      ownHistory: Object.getOwnPropertyNames(scope.history),
      text: [style.color, style.fontSize, style.fontFamily, style.margin],
    };
  });

describe('the widget in a customer’s page', () => {
  let browser: Browser;
  let test: TestServer;
  let agent: AgentClient;
  const sites: CustomerSite[] = [];

  beforeAll(async () => {
    buildVisitorPages();
    browser = await launchBrowser();
    test = await startTestServer();
    agent = await onlineAgent(test, 'Anna');
  });
  afterAll(async () => {
    agent?.close();
    for (const site of sites) await site.close();
    await browser?.close();
    await test?.close();
  });

  const tag = (siteKey = 'demo') =>
    `<script async src="${test.url}/widget.js" data-site-key="${siteKey}"></script>`;
  /** A page that allows scripts and frames of the chat's host, and styles of its own, and nothing else. */
  const strictSite = async (body: string, files: Record<string, string> = {}) => {
    const site = await startCustomerSite({
      html: `<!doctype html><html lang="en"><title>Customer</title><link rel="stylesheet" href="/own.css"><p>Hello</p>${body}</html>`,
      policy: `default-src 'none'; script-src ${test.url}; frame-src ${test.url}; style-src 'self'`,
      files: { '/own.css': 'p { color: rgb(1, 2, 3); }', ...files },
    });
    sites.push(site);
    return site;
  };
  const visitStrict = async (site: CustomerSite) => {
    const visitor = await visit(browser, 'about:blank');
    await visitor.page.addInitScript(() => {
      const scope = globalThis as unknown as {
        document: {
          addEventListener(
            name: string,
            listener: (event: { violatedDirective: string; blockedURI: string }) => void,
          ): void;
        };
      };
      const violations: string[] = [];
      Reflect.set(Object.prototype, Symbol.for('violations'), violations);
      scope.document.addEventListener('securitypolicyviolation', (event) =>
        violations.push(`${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    await visitor.page.goto(site.url);
    const violations = async () =>
      await visitor.page.evaluate(() => Reflect.get(Object.prototype, Symbol.for('violations')) as string[]);
    return { ...visitor, violations };
  };
  const newSite = async (change: Partial<WireSite>) => {
    const { accessToken, accountId } = await test.signIn();
    const { body, status } = await test.call<WireSite>(
      'POST',
      `/accounts/${accountId}/sites`,
      { name: 'Another', ...change },
      accessToken,
    );
    expect(status).toBe(201);
    return body;
  };
  /** Listens to events of the widget, from inside the page. */
  const listen = async (page: Page, names: readonly string[]) =>
    await page.evaluate((events) => {
      const heard: unknown[] = [];
      const engage = Reflect.get(globalThis, 'Engage') as (...command: unknown[]) => void;
      Reflect.set(globalThis, 'heard', heard);
      for (const name of events) engage('on', name, (detail: unknown) => heard.push([name, detail]));
    }, names);
  const heard = async (page: Page) =>
    await page.evaluate(() => Reflect.get(globalThis, 'heard') as [string, unknown][]);
  const engage = async (page: Page, ...command: unknown[]) =>
    await page.evaluate(
      (given) => (Reflect.get(globalThis, 'Engage') as (...args: unknown[]) => void)(...given),
      command,
    );

  it('keeps nothing on the device before the first interaction, then one key', async () => {
    const { page, chat, openChat, close } = await visit(browser, `${test.url}/demo`);
    await chat.getByRole('button', { name: 'Open chat' }).waitFor();
    await page.getByRole('link', { name: /mug/ }).click();
    expect(await storedOnDevice(chatFrame(page))).toEqual(NOTHING);
    expect(await page.context().cookies()).toEqual([]);
    await openChat();
    expect(await storedOnDevice(chatFrame(page))).toEqual({ ...NOTHING, local: ['engage.visitor.demo'] });
    expect(await page.context().cookies()).toEqual([]);
    await close();
  });

  it('counts it as no interaction when the page itself opens the chat', async () => {
    const { page, chat, write, close } = await visit(browser, `${test.url}/demo`);
    await chat.getByRole('button', { name: 'Open chat' }).waitFor();
    await engage(page, 'open');
    await chat.getByRole('textbox').waitFor();
    expect(await storedOnDevice(chatFrame(page))).toEqual(NOTHING);
    await write('now I do something');
    expect((await storedOnDevice(chatFrame(page))).local).toEqual(['engage.visitor.demo']);
    await close();
  });

  it('works under a strict content policy, on another origin, without a violation', async () => {
    const { page, openChat, write, lines, errors, violations, close } = await visitStrict(
      await strictSite(tag()),
    );
    await openChat();
    await write('from a strict page');
    await agent.next('message:new', ({ text }) => text === 'from a strict page');
    expect(await eventually(lines, (found) => found.length === 2)).toContain('from a strict page');
    expect(await violations()).toEqual([]);
    expect(errors).toEqual([]);
    expect(await storedOnDevice(page.mainFrame())).toEqual(NOTHING);
    await close();
  });

  it.each([
    ['refused', '/blocked/'],
    ['left without an answer', 'hanging'],
  ])('chats over HTTP where WebSockets are %s', async (_name, how) => {
    const visitor = await visit(browser, 'about:blank');
    await visitor.page.addInitScript((blocked) => {
      class BlockedSocket extends WebSocket {
        constructor(url: string) {
          super(url.replace('/socket.io/', '/blocked/'));
        }
      }
      class HangingSocket extends EventTarget {
        close() {}
      }
      Reflect.set(globalThis, 'WebSocket', blocked === 'hanging' ? HangingSocket : BlockedSocket);
    }, how);
    await visitor.page.goto((await strictSite(tag())).url);
    await visitor.openChat();
    const text = `over HTTP, ${how}`;
    await visitor.write(text);
    await visitor.chat.getByText('Sent').waitFor();
    await agent.next('message:new', (message) => message.text === text);
    await visitor.close();
  });

  it('adds one global, changes nothing else of the page, and is not changed by its styles', async () => {
    const plain = await visitStrict(await strictSite(''));
    const before = await selfPortrait(plain.page);
    await plain.close();
    const embedded = await visitStrict(await strictSite(tag()));
    await embedded.openChat();
    const { globals, ...rest } = await selfPortrait(embedded.page);
    expect(globals.filter((name) => !before.globals.includes(name))).toEqual(['Engage']);
    expect({ globals: before.globals, ...rest }).toEqual(before);
    await embedded.close();

    const hostile = await visitStrict(await strictSite(tag(), { '/own.css': HOSTILE_STYLES }));
    await hostile.openChat();
    expect(await hostile.page.locator('iframe').boundingBox()).toEqual({
      x: 680,
      y: 80,
      width: 420,
      height: 720,
    });
    await hostile.close();
  });

  it('runs what a page asked before the script was there, in order', async () => {
    const visitor = await visit(browser, 'about:blank');
    await visitor.page.addInitScript(() => {
      const calls: unknown[][] = [];
      const stub = Object.assign((...command: unknown[]) => calls.push(command), { q: calls });
      const log: unknown[] = [];
      Reflect.set(globalThis, 'Engage', stub);
      Reflect.set(globalThis, 'heard', log);
      stub('on', 'open', () => log.push(['open', {}]));
      stub('nonsense', { a: 1 });
      stub('open');
    });
    await visitor.page.goto((await strictSite(tag())).url);
    await visitor.chat.getByRole('textbox').waitFor();
    expect(await heard(visitor.page)).toEqual([['open', {}]]);
    await visitor.close();
  });

  it('obeys the page: hide, show, open, close, off, and destroy, after which it can come again', async () => {
    const { page, chat, close } = await visitStrict(await strictSite(tag()));
    const button = chat.getByRole('button', { name: 'Open chat' });
    await button.waitFor();
    await listen(page, ['open', 'close']);
    await engage(page, 'hide');
    await button.waitFor({ state: 'hidden' });
    await engage(page, 'show');
    await engage(page, 'open');
    await chat.getByRole('textbox').waitFor();
    await engage(page, 'off', 'close');
    await engage(page, 'close');
    await button.waitFor();
    expect(await heard(page)).toEqual([['open', {}]]);
    await engage(page, 'destroy');
    expect(await page.locator('iframe').count()).toBe(0);
    await engage(page, 'open');
    await page.evaluate((src) => {
      const scope = globalThis as unknown as {
        document: {
          createElement(name: string): Record<string, unknown> & { dataset: Record<string, string> };
          head: { append(node: unknown): void };
        };
      };
      const script = scope.document.createElement('script');
      script.src = src;
      script.dataset.siteKey = 'demo';
      scope.document.head.append(script);
    }, `${test.url}/widget.js`);
    await button.waitFor();
    expect(await page.locator('iframe').count()).toBe(1);
    await close();
  });

  it('tells the page how a chat goes, and whether profile fields were taken', async () => {
    const { page, chat, openChat, write, close } = await visitStrict(await strictSite(tag()));
    await chat.getByRole('button', { name: 'Open chat' }).waitFor();
    await listen(page, ['chat:started', 'unread', 'identified', 'chat:ended']);
    await engage(page, 'identify', { customerNumber: 12 });
    await openChat();
    await write('tell my page');
    const { conversationId } = await agent.next('message:new', ({ text }) => text === 'tell my page');
    await chat.getByRole('button', { name: 'Close chat window' }).click();
    await agent.emit('message:send', { conversationId, clientId: 'u1', text: 'not for the page' });
    await chat.getByRole('button', { name: /unread messages: 1/ }).waitFor();
    await agent.emit('chat:close', { conversationId });
    const events = await eventually(
      async () => await heard(page),
      (found) => found.some(([name]) => name === 'chat:ended'),
    );
    expect(events).toEqual([
      ['identified', { accepted: false, code: 'profile.field_not_allowed' }],
      ['chat:started', { conversationId }],
      ['unread', { count: 1 }],
      ['chat:ended', { conversationId }],
    ]);
    await close();
  });

  it('reports how far a page was read, what the page tracks, and whether anybody is there', async () => {
    const visitor = await visit(browser, 'about:blank');
    const { page, sent, close } = visitor;
    const hasSent = async (part: string) =>
      (
        await eventually(
          () => sent.filter((frame) => frame.includes('page:activity')).join(),
          (frames) => frames.includes(part),
        )
      ).includes(part);
    await page.clock.install();
    await page.goto((await strictSite(tag(), { '/own.css': 'p { height: 4000px; }' })).url);
    await visitor.chat.getByRole('button', { name: 'Open chat' }).waitFor();
    await page.mouse.wheel(0, 1_000);
    await page.waitForFunction(() => Reflect.get(globalThis, 'scrollY') > 0);
    await engage(page, 'track', 'cart', 149);
    expect(await hasSent('{"event":{"name":"cart","value":149}}')).toBe(true);
    await page.clock.fastForward(3_000);
    expect(await hasSent('{"scrollDepth":4')).toBe(true);
    // As after a sleep: every timer that is due runs once, so the connection is not tried many times in a row.
    await page.clock.fastForward(61_000);
    expect(await hasSent('{"idle":true}')).toBe(true);
    await page.mouse.move(200, 200);
    expect(await hasSent('{"idle":false}')).toBe(true);
    await close();
  });

  it('is not moved by messages that any script posts to its frame', async () => {
    const { page, chat, errors, close } = await visitStrict(await strictSite(tag()));
    await chat.getByRole('button', { name: 'Open chat' }).waitFor();
    await page.evaluate((host) => {
      const scope = globalThis as unknown as {
        document: {
          querySelector(s: string): { shadowRoot: { querySelector(s: string): { contentWindow: Window } } };
        };
      };
      interface Window {
        postMessage(message: unknown, origin: string, ports?: unknown[]): void;
      }
      const { contentWindow } = scope.document.querySelector('html > div').shadowRoot.querySelector('iframe');
      const { port1, port2 } = new MessageChannel();
      contentWindow.postMessage({ type: 'command', command: 'open' }, host);
      contentWindow.postMessage({ type: 'engage:connect:1' }, host, [port2]);
      port1.postMessage({ type: 'command', command: 'open' });
    }, test.url);
    await engage(page, 'hide');
    await chat.getByRole('button', { name: 'Open chat' }).waitFor({ state: 'hidden' });
    expect(await chat.getByRole('textbox').count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  it('asks before the chat what the site wants to know, in the site’s language and colours', async () => {
    const site = await newSite({
      locale: 'sv-SE',
      theme: { primaryColor: '#ffd54a', position: 'left', title: 'Kundtjänst', greeting: 'Hej!' },
      prechat: [
        { key: 'name', label: 'Namn', required: true },
        { key: 'topic', label: 'Vad gäller det?', required: false },
      ],
    });
    const { page, chat, close } = await visitStrict(await strictSite(tag(site.siteKey)));
    await chat.getByRole('button', { name: 'Öppna chatten' }).click();
    expect((await page.locator('iframe').boundingBox())?.x).toBe(0);
    const start = chat.getByRole('button', { name: 'Starta chatten' });
    await start.click();
    await chat.getByText('Fyll i det här fältet').waitFor();
    expect(await accessibilityFaults(chatFrame(page))).toEqual([]);
    await chat.getByLabel('Namn').fill('Eva');
    await start.click();
    await chat.getByRole('textbox', { name: 'Skriv ett meddelande' }).waitFor();
    const { id } = await agent.next('chat:assigned', ({ siteId }) => siteId === site.id);
    const { accessToken, accountId } = await test.signIn();
    const path = `/accounts/${accountId}/conversations/${id}?include=profile`;
    const { body } = await test.call<WireTranscript>('GET', path, undefined, accessToken);
    expect(body.profile?.prechat).toEqual({ name: 'Eva' });
    await close();
  });

  it('shows nothing at all for a site key that there is not', async () => {
    const visitor = await visit(browser, 'about:blank');
    const refused = visitor.page.waitForResponse((response) => response.url().includes('/visitor/sessions'));
    await visitor.page.goto((await strictSite(tag('no-such-site'))).url);
    expect((await refused).status()).toBe(401);
    await visitor.page.waitForFunction(() => {
      const scope = globalThis as unknown as {
        document: { querySelector(s: string): { shadowRoot: { host: { checkVisibility(): boolean } } } };
      };
      return !scope.document.querySelector('html > div').shadowRoot.host.checkVisibility();
    });
    await visitor.close();
  });
});
