import type { SignIn, VisitorSession, WireTranscript } from '../../shared/protocol/index.ts';

/** A call of the REST interface of a server somewhere. */
export interface RestCall {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The parsed answer. @throws Error with the status and the code when it is not a good one */
export async function callRest<Body>(url: string, call: RestCall): Promise<Body> {
  const response = await fetch(`${url}/api/v1${call.path}`, {
    method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
    headers: {
      'content-type': 'application/json',
      ...(call.token !== undefined && { authorization: `Bearer ${call.token}` }),
      ...call.headers,
    },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  });
  const text = await response.text();
  const body = text === '' ? {} : JSON.parse(text);
  if (!response.ok) throw new Error(`${call.path.split('?')[0]} answered ${response.status} ${body.code}`);
  return body as Body;
}

/** Who is signed in, and in which account. */
export interface StaffSession {
  readonly token: string;
  readonly accountId: string;
  readonly userId: string;
  readonly refreshToken: string;
}

export async function signIn(
  url: string,
  credentials: { email: string; password: string },
): Promise<StaffSession> {
  const body = await callRest<SignIn>(url, { path: '/auth/login', body: credentials });
  const [account] = body.user.accounts;
  if (account === undefined) throw new Error('the user has no account');
  return {
    token: body.accessToken,
    refreshToken: body.refreshToken,
    accountId: account.id,
    userId: body.user.id,
  };
}

export function openVisitorSession(url: string, siteKey: string): Promise<VisitorSession> {
  return callRest(url, { path: '/visitor/sessions', body: { siteKey } });
}

/** A conversation with its decrypted messages. */
export function readTranscript(url: string, staff: StaffSession, id: string): Promise<WireTranscript> {
  const path = `/accounts/${staff.accountId}/conversations/${id}?include=messages,profile`;
  return callRest(url, { path, token: staff.token });
}
