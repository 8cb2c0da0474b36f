import type { WireSite } from '../../shared/protocol/index.ts';
import { connect } from '../support/clients.ts';
import { describeOnEveryStore } from '../support/every-store.ts';
import type { TestServer } from '../support/server.ts';

describeOnEveryStore('a removed site', (start) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  it('ends its visitors’ sockets and tokens at once, and no other site’s', async () => {
    const { accessToken, accountId } = await server.signIn();
    const sites = `/accounts/${accountId}/sites`;
    const { body: site } = await server.call<WireSite>('POST', sites, { name: 'Shop' }, accessToken);
    const here = await server.call<{ token: string }>('POST', '/visitor/sessions', {
      siteKey: site.siteKey,
    });
    const elsewhere = await server.openVisitorSession();
    const open = (token: string) => connect(`${server.url}/visitor`, { token });
    const [cut, kept] = [await open(here.body.token), await open(elsewhere.token)];
    const gone = new Promise((resolve) => cut.once('disconnect', resolve));
    expect((await server.call('DELETE', `${sites}/${site.id}`, undefined, accessToken)).status).toBe(204);
    await gone;
    await expect(open(here.body.token)).rejects.toMatchObject({ data: { code: 'auth.site_unknown' } });
    expect(kept.connected).toBe(true);
    kept.disconnect();
    (await open(elsewhere.token)).disconnect();
  });
});
