import process from 'node:process';
import Provider from 'oidc-provider';

/**
 * A real OpenID Connect provider on a free port of this machine, as a program of its own: `oidc-provider` ships ES
 * modules alone, which the tests' CommonJS cannot load. People sign in by their e-mail address and any password; an
 * address that begins with `unverified` was not verified.
 */
const clients = [
  {
    client_id: 'engagement',
    client_secret: process.env.CLIENT_SECRET,
    redirect_uris: ['http://127.0.0.1/console/signed-in'],
    // RFC 8252, 7.3: the port of a loopback address is not part of what is registered.
    application_type: 'native',
    grant_types: ['authorization_code'],
    response_types: ['code'],
  },
];

const { createServer } = await import('node:http');
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: id, email_verified: !id.startsWith('unverified') }),
    }),
  });
  server.on('request', provider.callback());
  process.stdout.write(`${issuer}\n`);
});
