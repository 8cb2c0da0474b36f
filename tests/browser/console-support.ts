import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { browserSkipReason } from '../support/browser.ts';
import { connectVisitor, type VisitorClient } from '../support/clients.ts';
import type { TestServer } from '../support/server.ts';

/** Less than a test has, so that what was waited for in vain is named. */
const WAIT_MS = 12_000;
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The console in a browser, signed in, with everything that went wrong in it. */
export interface ConsolePage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors on the page's console and refusals by its policy; those of a cut line apart. */
  readonly problems: string[];
}

/** Describes behaviour in a real browser; without one it is left out, and the title says why. */
export function describeInBrowser(title: string, body: () => void): void {
  const reason = browserSkipReason();
  if (reason !== undefined) {
    describe.skip(`${title} (${reason})`, body);
    return;
  }
  describe(title, () => {
    beforeAll(() => {
      if (existsSync(join(process.cwd(), 'dist/public/console/index.html'))) return;
      throw new Error('the pages are not built: run `npm run build` first');
    });
    body();
  });
}

/** Opens the console in a browser of its own. */
export async function openConsole(
  browser: Browser,
  test: Pick<TestServer, 'url'>,
  options: { width?: number; height?: number; dark?: boolean; path?: string } = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isExpected(message.text())) problems.push(message.text());
  });
  await page.goto(`${test.url}/console${options.path ?? ''}`);
  return { context, page, problems };
}

/** A refused call and a cut line are written to the console by the browser itself. */
function isExpected(text: string): boolean {
  return /Failed to load resource|WebSocket connection to/.test(text);
}

export async function signIn(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** What axe finds on the page as it stands, one line for each rule and place. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Through the debugger, because the page's own policy lets no foreign script in.
  await page.evaluate(AXE);
  return page.evaluate(
    async ([tags, PORTALS]) => {
      const axe = (globalThis as unknown as { axe: AxeApi }).axe;
      const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags } });
      const { document } = globalThis as unknown as { document: DocumentApi };
      // A dropdown is drawn at the end of the page, apart from the landmark that its button is in.
      const isDropdown = (selector: string): boolean =>
        document.querySelector(selector)?.closest(PORTALS) !== null;
      return violations.flatMap(({ id, nodes }) =>
        nodes
          .filter((node) => id !== 'region' || !node.target.every(isDropdown))
          .map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
      );
    },
    [AXE_TAGS, '[data-portal], [data-mantine-shared-portal-node]'] as const,
  );
}

interface DocumentApi {
  querySelector(selector: string): { closest(selector: string): object | null } | null;
}

interface AxeApi {
  run(options: object): Promise<{
    violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[];
  }>;
}

/** Keeps a picture of the page where `SCREENSHOT_DIR` says, to be looked at; otherwise does nothing. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOT_DIR;
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** A visitor with a running chat, played by a plain socket. */
export interface Caller {
  readonly visitor: VisitorClient;
  readonly conversationId: string;
  readonly caseId: string;
  say(text: string): Promise<number>;
}

let lines = 0;

/** A visitor who has looked at one page and started a chat. */
export async function call(test: TestServer, start: { departmentId?: string } = {}): Promise<Caller> {
  const visitor = await connectVisitor(test);
  await visitor.emit('page:view', { url: 'https://shop.example/boots', title: 'Boots' });
  const { conversationId, caseId } = await visitor.emit('chat:start', start);
  const say = async (text: string): Promise<number> =>
    (await visitor.emit('message:send', { conversationId, clientId: `line-${++lines}`, text })).seq;
  return { visitor, conversationId, caseId, say };
}

/** A staff member of their own for each test, so that one test's chats aren't another's. */
export async function staff(test: TestServer, name: string, roles = ['agent']) {
  const { accessToken, accountId } = await test.signIn();
  const who = { email: `${name.toLowerCase()}@example.com`, password: `long password of ${name}`, name };
  const made = await test.call('POST', `/accounts/${accountId}/users`, { ...who, roles }, accessToken);
  if (made.status !== 201) throw new Error(`the user was not made: ${made.status}`);
  return { ...who, id: String(made.body.id) };
}

/** Who decides where new chats go. */
export async function assignBy(test: TestServer, assignment: 'automatic' | 'manual'): Promise<void> {
  const { accessToken, accountId } = await test.signIn();
  await test.call('PATCH', `/accounts/${accountId}/settings`, { routing: { assignment } }, accessToken);
}

export const log = (page: Page) => page.getByRole('log', { name: 'Messages' });
export const composer = (page: Page) => page.getByRole('textbox', { name: 'Message to the visitor' });

export async function goOnline(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Go online' }).click();
  await page.getByRole('button', { name: 'You are online. Change presence' }).waitFor();
}

/** What the console calls the visitor. */
export const nameOf = (caller: Caller): string =>
  `Visitor ${caller.visitor.sessionId
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(-4)
    .toUpperCase()}`;

export async function expectGone(locator: ReturnType<Page['locator']>): Promise<void> {
  await locator.waitFor({ state: 'detached' });
}
