import { randomBytes } from 'node:crypto';
import { BUILTIN_RULES } from '../../server/domain/redaction/index.ts';
import type { Page, WireRedactionRule } from '../../shared/protocol/index.ts';
import { callRest, openVisitorSession, type StaffSession, signIn } from '../../tests/process/rest-client.ts';
import { concurrently } from '../support/concurrently.ts';
import type { Handshake } from './load-plan.ts';

/** Rules that every message goes through. */
export const RULES = 20;
export const ADMIN = { email: 'admin@example.com', password: 'benchmark password' };
const REQUESTS_AT_ONCE = 10;
/** Every node of a cluster needs the same ones. */
const CLUSTER_SECRETS = {
  ENCRYPTION_MASTER_KEY: randomBytes(32).toString('base64'),
  JWT_SECRET: randomBytes(48).toString('base64'),
};

/** Environment of a measured server: its own data, no rate limits in the way. */
export function productEnvironment(data: {
  dataDir: string;
  mongodbUri?: string | undefined;
  redisUri?: string | undefined;
}) {
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: data.dataDir,
    BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
    BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    RATE_LIMIT_FACTOR: '100000',
    SOCKETS_WITHOUT_TOKEN: '1000',
    ...(data.mongodbUri !== undefined && { MONGODB_URI: data.mongodbUri }),
    ...(data.redisUri !== undefined && { REDIS_URL: data.redisUri, ...CLUSTER_SECRETS }),
  };
}

/** Switches rules on, and adds patterns of its own where the built-in ones are fewer than {@link RULES}. */
export async function enableRules(url: string, staff: StaffSession): Promise<number> {
  const path = `/accounts/${staff.accountId}/redaction-rules`;
  const { token } = staff;
  const page = await callRest<Page<WireRedactionRule>>(url, { path: `${path}?limit=200`, token });
  const rules = [...page.items];
  const known = new Set(rules.map(({ builtin }) => builtin));
  for (const { key, title, pattern, flags } of BUILTIN_RULES) {
    if (rules.length >= RULES) break;
    if (known.has(key)) continue;
    const body = { name: title, pattern, flags, builtin: key };
    rules.push(await callRest<WireRedactionRule>(url, { path, token, body }));
  }
  for (let index = rules.length; index < RULES; index += 1) {
    const body = { name: `Reference ${index}`, pattern: `\\bREF${index}-\\d{6}\\b` };
    rules.push(await callRest<WireRedactionRule>(url, { path, token, body }));
  }
  const on = rules.slice(0, RULES);
  for (const { id, enabled } of on) {
    if (!enabled)
      await callRest(url, { method: 'PATCH', path: `${path}/${id}`, token, body: { enabled: true } });
  }
  return on.length;
}

/** Makes agents and signs them in. */
export async function makeAgents(url: string, staff: StaffSession, count: number): Promise<Handshake[]> {
  const path = `/accounts/${staff.accountId}/users`;
  return concurrently(Array.from({ length: count }), REQUESTS_AT_ONCE, async (_, index) => {
    const credentials = { email: `agent${index}@example.com`, password: `password of agent ${index}` };
    const body = { ...credentials, name: `Agent ${index}`, roles: ['agent'] };
    await callRest(url, { path, token: staff.token, body });
    const { token, accountId } = await signIn(url, credentials);
    return { token, accountId };
  });
}

export async function makeVisitors(url: string, count: number): Promise<Handshake[]> {
  return concurrently(Array.from({ length: count }), REQUESTS_AT_ONCE, async () => {
    const { token } = await openVisitorSession(url, 'demo');
    return { token };
  });
}
