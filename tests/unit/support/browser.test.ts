import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { browserSkipReason, launchBrowser } from '../../support/browser.ts';

const PAGE = `<!doctype html><title>before</title><button>Press</button>
<script>document.querySelector('button').onclick = () => { document.title = 'pressed'; };</script>`;

const skip = browserSkipReason();

(skip === undefined ? describe : describe.skip)(skip ?? 'the browser of the page tests', () => {
  it('opens a page, runs its script and presses a button', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(PAGE);
    }).listen(0, '127.0.0.1');
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.getByRole('button', { name: 'Press' }).click();
      expect(await page.title()).toBe('pressed');
    } finally {
      await browser.close();
      server.close();
    }
  }, 60_000);
});

describe('a machine without a browser', () => {
  const { CHROMIUM_PATH, REQUIRE_BROWSER } = process.env;
  afterEach(() => {
    restore('CHROMIUM_PATH', CHROMIUM_PATH);
    restore('REQUIRE_BROWSER', REQUIRE_BROWSER);
  });

  it('gets a reason, and a failure where a browser is required', () => {
    process.env.CHROMIUM_PATH = '/nowhere/chromium';
    delete process.env.REQUIRE_BROWSER;
    expect(browserSkipReason()).toContain('Browser tests left out');
    process.env.REQUIRE_BROWSER = '1';
    expect(() => browserSkipReason()).toThrow('REQUIRE_BROWSER is set');
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
