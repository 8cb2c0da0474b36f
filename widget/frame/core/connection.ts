import type { VisitorSession } from '../../../shared/protocol/index.ts';
import { backoffMs } from './backoff.ts';
import type { Ask, CreateLink, ServerEvent } from './link.ts';
import type { OpenSession } from './session-source.ts';
import type { ConnectionState } from './state.ts';

/** Waits for an answer this long; then the connection is taken for dead and made anew. */
const ANSWER_TIMEOUT_MS = 10_000;
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 15_000;
/** A connection that lasted this long was a good one: the next refusal is waited for briefly again. */
const STABLE_AFTER_MS = 10_000;

/** Refusals of a handshake that a fresh session gets past. */
const STALE_TOKEN_CODES: readonly (string | undefined)[] = [
  'auth.required',
  'auth.token_expired',
  'not_found',
];
/** Refusals that no new try gets past. */
const FINAL_CODES: readonly (string | undefined)[] = ['auth.site_unknown', 'forbidden', 'transport.insecure'];

export interface ConnectionOptions {
  readonly openSession: OpenSession;
  readonly createLink: CreateLink;
  readonly random: () => number;
  onState(state: ConnectionState): void;
  onSession(session: VisitorSession): void;
  onEvent(event: ServerEvent): void;
}

export interface Connection {
  start(): void;
  readonly online: boolean;
  readonly ask: Ask;
  close(): void;
}

/**
 * Keeps the visitor connected: opens a session, connects with its token, and after a refusal waits, takes a
 * new session where the old one is no longer good, and connects again. Losses of the network are mended by
 * the link itself.
 */
export function createConnection(options: ConnectionOptions): Connection {
  let state: ConnectionState = 'connecting';
  let wasOnline = false;
  let attempt = 0;
  let token: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stableTimer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const become = (next: ConnectionState) => {
    if (state === next || state === 'refused') return;
    state = next;
    options.onState(next);
  };
  const interrupted = () => {
    clearTimeout(stableTimer);
    become(wasOnline ? 'lost' : 'connecting');
  };
  const retryLater = (minimumMs = 0) => {
    clearTimeout(timer);
    const waitMs = backoffMs(attempt, {
      baseMs: RETRY_BASE_MS,
      maxMs: RETRY_MAX_MS,
      random: options.random,
    });
    attempt += 1;
    timer = setTimeout(() => void connect(), Math.max(minimumMs, waitMs));
  };
  const refuse = () => {
    link.close();
    become('refused');
  };
  const connect = async () => {
    if (token === undefined) {
      const result = await options.openSession();
      if (closed) return;
      if (result.kind === 'final') return refuse();
      if (result.kind === 'retry') return retryLater(result.afterMs);
      token = result.session.token;
      options.onSession(result.session);
    }
    link.open(token);
  };

  const link = options.createLink({
    onUp: () => {
      wasOnline = true;
      stableTimer = setTimeout(() => {
        attempt = 0;
      }, STABLE_AFTER_MS);
      become('online');
    },
    onDown: interrupted,
    onRefused: (code) => {
      interrupted();
      if (FINAL_CODES.includes(code)) return refuse();
      if (STALE_TOKEN_CODES.includes(code)) token = undefined;
      retryLater();
    },
    onEvent: options.onEvent,
  });

  return {
    start: () => void connect(),
    get online() {
      return state === 'online';
    },
    ask: async (name, payload) => {
      if (state !== 'online') return undefined;
      const answer = await link.ask(name, payload, ANSWER_TIMEOUT_MS);
      if (answer === undefined && state === 'online' && !closed) {
        interrupted();
        if (token !== undefined) link.open(token);
      }
      return answer;
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      clearTimeout(stableTimer);
      link.close();
    },
  };
}
