import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authorization } from '../../server/domain/index.ts';
import { allowedBy, BUILTIN_ROLES, events, routes } from '../../server/edge/authorization-table.ts';
import type { SignIn, WireRole } from '../../shared/protocol/index.ts';
import { connect, TestClient } from '../support/clients.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const PASSWORD = 'a long enough password';
/** These are not for staff, or for anyone. */
const OTHERS: readonly string[] = ['public', 'own-session'];
const OWN: readonly Authorization[] = ['settings:read', 'user:read'];

const text = readFileSync(join(process.cwd(), 'docs/AUTHORIZATIONS.md'), 'utf8');
const cells = (row: string) =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
const rowsOf = (heading: string) =>
  (text.split(/^## /m).find((section) => section.startsWith(heading)) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(cells);

/** What each built-in role is allowed, as the document says. */
const documented = new Map<string, Set<string>>(
  Object.keys(BUILTIN_ROLES).map((role, index) => [
    role,
    new Set(rowsOf('Authorizations').flatMap((row) => (row[3 + index] === 'yes' ? [row[0] ?? ''] : []))),
  ]),
);

describe('docs/AUTHORIZATIONS.md', () => {
  it('names every route and staff event with what it needs (npm run docs:authorizations)', () => {
    const pairs = (table: typeof routes) => table.map(({ name, needs }) => [name, needs]);
    expect(rowsOf('Routes')).toEqual(pairs(routes));
    expect(rowsOf('Staff events')).toEqual(pairs(events));
  });

  it('says what each built-in role is allowed', () => {
    for (const role of Object.keys(BUILTIN_ROLES)) {
      expect([role, [...(documented.get(role) ?? [])]]).toEqual([role, [...allowedBy(role)]]);
    }
  });
});

describe('every route and staff event', () => {
  let server: TestServer;
  let admin: SignIn & { accountId: string };
  /** A member of the first account with each role, and what it is allowed. */
  const members: { role: string; allowed: ReadonlySet<string>; signIn: SignIn }[] = [];
  let stranger: SignIn;

  beforeAll(async () => {
    server = await startTestServer();
    admin = await server.signIn();
    const add = async (role: string, allowed: ReadonlySet<string>) => {
      const email = `member${members.length}@example.com`;
      const user = { email, name: 'Member', password: PASSWORD, roles: [role] };
      const path = `/accounts/${admin.accountId}/users`;
      const made = await server.call('POST', path, user, admin.accessToken);
      expect([role, made.status]).toEqual([role, 201]);
      members.push({ role, allowed, signIn: await server.signIn({ email, password: PASSWORD }) });
    };
    for (const [role, allowed] of documented) await add(role, allowed);
    const own = { name: 'Custom', authorizations: OWN.slice(0, 1), roles: [] };
    const path = `/accounts/${admin.accountId}/roles`;
    const inner = await server.call<WireRole>('POST', path, own, admin.accessToken);
    const outer = { name: 'Outer', authorizations: OWN.slice(1), roles: [inner.body.id] };
    const made = await server.call<WireRole>('POST', path, outer, admin.accessToken);
    await add(made.body.id, new Set(OWN));
    const founder = { email: 'stranger@example.com', name: 'S', password: PASSWORD };
    await server.call('POST', '/accounts', { name: 'Else', admin: founder }, admin.accessToken);
    stranger = await server.signIn({ email: founder.email, password: PASSWORD });
  });
  afterAll(() => server.close());

  /** No route takes this parameter, so a call that is let in does nothing. */
  const ask = (name: string, token: string) => {
    const [method = '', path = ''] = name.split(' ');
    const filled = path.replace(':a', admin.accountId).replaceAll(/:\w+/g, 'made-up');
    const body = ['POST', 'PATCH'].includes(method) ? {} : undefined;
    return server.call(method, `${filled}?no-such-parameter=1`, body, token);
  };

  it('lets in whom the table lets in and refuses the others, route by route', async () => {
    for (const { role, allowed, signIn } of members) {
      for (const { name, needs } of routes.filter((route) => !OTHERS.includes(route.needs))) {
        const { status } = await ask(name, signIn.accessToken);
        const mayCall = needs === 'signed-in' || allowed.has(needs);
        expect([role, name, status === 403]).toEqual([role, name, !mayCall]);
        expect(status).not.toBe(401);
      }
    }
  }, 60_000);

  it('lets in whom the table lets in and refuses the others, event by event', async () => {
    for (const { role, allowed, signIn } of members) {
      const auth = { token: signIn.accessToken, accountId: admin.accountId };
      const client = new TestClient<never, never>(await connect(`${server.url}/agent`, auth));
      for (const { name, needs } of events) {
        const ack = await client.emitRaw(name, 'no payload of any event');
        const code = ack.ok ? 'ok' : ack.error.code;
        expect([role, name, code]).toEqual([role, name, allowed.has(needs) ? 'bad_request' : 'forbidden']);
      }
      client.close();
    }
  });

  it('P6: is as if it were not there to a stranger to the account', async () => {
    for (const { name } of routes.filter((route) => route.name.includes('/accounts/:a'))) {
      expect([name, (await ask(name, stranger.accessToken)).status]).toEqual([name, 404]);
    }
    const auth = { token: stranger.accessToken, accountId: admin.accountId };
    await expect(connect(`${server.url}/agent`, auth)).rejects.toMatchObject({ data: { code: 'not_found' } });
  });
});
