import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Frame, FrameLocator, Page } from 'playwright-core';
import { type AgentClient, connectNewAgent } from '../support/clients.ts';
import type { TestServer } from '../support/server.ts';

const PROJECT = join(__dirname, '../..');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = ['widget.js', 'widget/frame.html', 'demo/index.html'];
/** Rules that speak of whole pages; the frame is a part of one. */
const PAGE_RULES = ['landmark-one-main', 'page-has-heading-one', 'region'];
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

function newestChange(folder: string): number {
  const names = readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' });
  return Math.max(...names.map((name) => statSync(join(PROJECT, folder, name)).mtimeMs));
}

/** Builds the visitor's pages, unless what is there is newer than their sources. */
export function buildVisitorPages(): void {
  const built = PAGES.map((path) => join(PROJECT, 'dist/public', path));
  const changed = Math.max(newestChange('widget'), newestChange('shared'));
  if (built.every((path) => existsSync(path) && statSync(path).mtimeMs > changed)) return;
  for (const name of ['loader', 'frame', 'demo']) {
    const vite = join(PROJECT, 'node_modules/vite/bin/vite.js');
    execFileSync(process.execPath, [vite, 'build', '-c', `widget/vite.${name}.config.ts`], {
      cwd: PROJECT,
      stdio: 'pipe',
    });
  }
}

/** A visitor with a page open. */
export interface Visitor {
  readonly page: Page;
  /** The chat's frame, to look for what a person finds in it. */
  readonly chat: FrameLocator;
  readonly errors: string[];
  /** What went out over the visitor's socket, as raw frames. */
  readonly sent: string[];
  /** Waits until a line with this text is in the chat. */
  reads(text: string): Promise<void>;
  openChat(): Promise<void>;
  write(text: string): Promise<void>;
  /** Texts of all chat lines, the greeting first. */
  lines(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens an address in a browser context of its own. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1100, height: 800 },
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const sent: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => sent.push(String(payload)));
  });
  await page.goto(url);
  const chat = page.frameLocator('iframe');
  return {
    page,
    chat,
    errors,
    sent,
    reads: async (text) => await chat.locator('.messages .bubble').getByText(text).waitFor(),
    openChat: async () => await chat.getByRole('button', { name: /^Open chat/ }).click(),
    write: async (text) => {
      const composer = chat.getByRole('textbox', { name: 'Write a message' });
      await composer.fill(text);
      await composer.press('Enter');
    },
    lines: async () => await chat.locator('.messages .bubble').allTextContents(),
    close: async () => await context.close(),
  };
}

/** The document of the chat in this page. */
export function chatFrame(page: Page): Frame {
  const frame = page.frames().find((candidate) => candidate.url().includes('/widget/frame.html'));
  if (frame === undefined) throw new Error('the page has no chat frame');
  return frame;
}

/** What axe finds wrong in one document, in short. */
export async function accessibilityFaults(frame: Frame): Promise<string[]> {
  await frame.evaluate(AXE);
  const isPart = frame.parentFrame() !== null;
  const rules = Object.fromEntries(PAGE_RULES.map((rule) => [rule, { enabled: !isPart }]));
  return await frame.evaluate(
    async (options) => {
      const axe = Reflect.get(globalThis, 'axe') as {
        run(options: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
      const { violations } = await axe.run(options);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
    },
    { runOnly: WCAG, rules },
  );
}

/** Everything that is kept on the device for one origin. */
export async function storedOnDevice(frame: Frame): Promise<Record<string, unknown>> {
  return await frame.evaluate(async () => {
    const page = globalThis as unknown as {
      localStorage: Record<string, string>;
      sessionStorage: Record<string, string>;
      document: { cookie: string };
      indexedDB: { databases(): Promise<unknown[]> };
      caches: { keys(): Promise<string[]> };
    };
    return {
      local: Object.keys(page.localStorage),
      session: Object.keys(page.sessionStorage),
      cookie: page.document.cookie,
      databases: (await page.indexedDB.databases()).length,
      caches: (await page.caches.keys()).length,
    };
  });
}

/** A page on another origin than the chat's, as a customer's site is. */
export interface CustomerSite {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a page and files beside it (path to content), all with this content policy. */
export async function startCustomerSite(site: {
  html: string;
  policy: string;
  files?: Readonly<Record<string, string>>;
}): Promise<CustomerSite> {
  const files: Readonly<Record<string, string>> = { '/': site.html, ...site.files };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const content = Object.hasOwn(files, path) ? files[path] : undefined;
    response.writeHead(content === undefined ? 404 : 200, {
      'Content-Type': contentType(path),
      'Content-Security-Policy': site.policy,
    });
    response.end(content ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function contentType(path: string): string {
  if (path.endsWith('.css')) return 'text/css';
  return path.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8';
}

/** An agent who takes chats. */
export async function onlineAgent(test: TestServer, name: string, capacity = 20): Promise<AgentClient> {
  const agent = await connectNewAgent(test, name);
  await agent.emit('presence:set', { status: 'online', capacity });
  return agent;
}

/** Calls until the answer fits, for what a page does in its own time. */
export async function eventually<T>(read: () => Promise<T> | T, fits: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    if (fits(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
