import type { VisitorSession } from '../../../shared/protocol/index.ts';
import { API_BASE } from '../../../shared/protocol/index.ts';
import type { TokenStore } from './token-store.ts';

/** A session, or why there is none: `retry` may work later, `final` never. */
export type SessionResult =
  | { readonly kind: 'opened'; readonly session: VisitorSession }
  | { readonly kind: 'retry'; readonly afterMs?: number }
  | { readonly kind: 'final' };

export type OpenSession = () => Promise<SessionResult>;

/** Answers that the very same request may get past later. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);
/** The request itself is not understood: what was kept on the device may be damaged. */
const MALFORMED_STATUSES: ReadonlySet<number> = new Set([400, 422]);
const REQUEST_TIMEOUT_MS = 15_000;

function refusalOf(response: Response): SessionResult {
  const passing = response.status >= 500 || PASSING_STATUSES.has(response.status);
  if (!passing) return { kind: 'final' };
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) ? { kind: 'retry', afterMs: seconds * 1000 } : { kind: 'retry' };
}

/** Opens visitor sessions of one site over REST; a known visitor is recognised by the token. */
export function createSessionSource(options: {
  siteKey: string;
  tokens: TokenStore;
  fetch: typeof fetch;
}): OpenSession {
  const { siteKey, tokens } = options;
  const request = async (visitorToken: string | undefined) =>
    await options.fetch(`${API_BASE}/visitor/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify({ siteKey, ...(visitorToken !== undefined && { visitorToken }) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  return async () => {
    try {
      let response = await request(tokens.token);
      if (MALFORMED_STATUSES.has(response.status) && tokens.token !== undefined) {
        tokens.forget();
        response = await request(undefined);
      }
      if (!response.ok) return refusalOf(response);
      const session = (await response.json()) as VisitorSession;
      tokens.set(session.visitorToken);
      return { kind: 'opened', session };
    } catch {
      return { kind: 'retry' };
    }
  };
}
