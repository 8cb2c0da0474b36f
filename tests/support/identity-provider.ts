import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';

const CLIENT_SECRET = 'a secret of the client at the provider';

/** A provider that runs beside the test, and what a server must be told to use it. */
export interface TestProvider {
  readonly env: Readonly<Record<string, string>>;
  /** Signs in at the provider as a browser would; answers what it sends the browser back with. */
  signIn(address: string, email: string): Promise<{ code: string; state: string; issuer: string }>;
  stop(): Promise<void>;
}

export async function startIdentityProvider(): Promise<TestProvider> {
  const script = join(process.cwd(), 'tests', 'support', 'oidc-provider.mjs');
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, CLIENT_SECRET },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const issuer = await firstLineOf(child);
  return {
    env: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'engagement',
      OIDC_CLIENT_SECRET: CLIENT_SECRET,
      OIDC_NAME: 'Acme',
    },
    signIn: (address, email) => walk(address, email),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function firstLineOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the provider has no output');
  const ended = once(child, 'exit').then(() => {
    throw new Error('the provider ended before it served');
  });
  const said = once(child.stdout, 'data').then(([data]) => String(data).trim());
  return Promise.race([said, ended]);
}

/** Follows redirects with cookies, fills the login form and agrees, until the way leads back to the server. */
async function walk(address: string, email: string) {
  const cookies = new Map<string, string>();
  let next: { url: URL; form?: Record<string, string> } = { url: new URL(address) };
  for (let step = 0; step < 12; step += 1) {
    const { url, form } = next;
    if (url.pathname === '/console/signed-in') return answerIn(url);
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) next = { url: new URL(location, url) };
    else next = formIn(await response.text(), url, email);
  }
  throw new Error('the provider never sent the browser back');
}

function formIn(page: string, url: URL, email: string): { url: URL; form: Record<string, string> } {
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
  if (action === undefined || prompt === undefined) throw new Error('the provider showed no form');
  const form = prompt === 'login' ? { prompt, login: email, password: 'any' } : { prompt };
  return { url: new URL(action, url), form };
}

function answerIn(url: URL) {
  const given = (name: string): string => url.searchParams.get(name) ?? '';
  return { code: given('code'), state: given('state'), issuer: given('iss') };
}
