import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tryLaunchBrowser } from '../../support/browser.ts';

describe('the browser of the page tests', () => {
  it('opens a page on this machine, or says why it cannot', async () => {
    const launch = await tryLaunchBrowser();
    if (!launch.ok) {
      expect(launch.reason).toContain('Chromium did not start');
      return;
    }
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(
        '<!doctype html><title>t</title><button>Press</button><script>' +
          'document.querySelector("button").onclick = () => { document.title = "pressed"; };</script>',
      );
    }).listen(0, '127.0.0.1');
    try {
      const page = await launch.browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.getByRole('button', { name: 'Press' }).click();
      expect(await page.title()).toBe('pressed');
    } finally {
      await launch.browser.close();
      server.close();
    }
  }, 60_000);
});
