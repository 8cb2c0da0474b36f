import type { RateLimit } from '../../ports/index.ts';

/**
 * Every limit of the REST interface, with the attack that it stops. Points are requests unless it says
 * otherwise; all are multiplied by the deployment's rate limit factor.
 */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** A file of as many rules as an account may have, with examples; only administrators may send it. */
export const RULE_FILE_LIMIT_BYTES = 1024 * 1024;

/** By client address (an IPv6 address counts as its /64). */
export const ADDRESS_LIMITS = {
  signIn: {
    name: 'http.sign-in',
    points: 30,
    windowMs: MINUTE_MS,
    stops: 'trying one password on many people, and keeping the server busy with password hashing',
  },
  refresh: {
    name: 'http.refresh',
    points: 60,
    windowMs: MINUTE_MS,
    stops: 'guessing refresh tokens',
  },
  visitorSession: {
    name: 'http.visitor-session',
    points: 300,
    windowMs: MINUTE_MS,
    stops: 'filling the store with visitor sessions from one place',
  },
  publicKey: {
    name: 'http.public-key',
    points: 120,
    windowMs: MINUTE_MS,
    stops: 'keeping the server busy with answers that never change',
  },
  badToken: {
    name: 'http.bad-token',
    points: 120,
    windowMs: MINUTE_MS,
    stops: 'guessing access tokens, each guess costing a look into the store',
  },
} as const satisfies Record<string, RateLimit>;

/** By signed-in user. */
export const USER_LIMITS = {
  read: {
    name: 'http.read',
    points: 600,
    windowMs: MINUTE_MS,
    stops: 'copying an account with a stolen token',
  },
  write: {
    name: 'http.write',
    points: 240,
    windowMs: MINUTE_MS,
    stops: 'a script gone wild that floods store and audit log',
  },
  preview: {
    name: 'http.preview',
    points: 300,
    windowMs: MINUTE_MS,
    stops: 'keeping the server busy with patterns to compile',
  },
  heavy: {
    name: 'http.heavy',
    points: 60,
    windowMs: MINUTE_MS,
    stops: 'keeping the server busy with work that one short request starts',
  },
} as const satisfies Record<string, RateLimit>;

/** Failed sign-ins; the feature counts an attempt before it looks at the password. */
export const SIGN_IN_LIMITS = {
  perEmailAndAddress: {
    name: 'sign-in.email-and-address',
    points: 8,
    windowMs: 15 * MINUTE_MS,
    blockMs: 15 * MINUTE_MS,
    stops: 'guessing the password of one person from one place',
  },
  perEmail: {
    name: 'sign-in.email',
    points: 60,
    windowMs: 60 * MINUTE_MS,
    stops:
      'guessing the password of one person from many places; attempts beyond it wait, and are not refused',
  },
  perCode: {
    name: 'sign-in.code',
    points: 10,
    windowMs: 15 * MINUTE_MS,
    blockMs: 15 * MINUTE_MS,
    stops: 'guessing the second factor of one person whose password is known',
  },
  perPasswordAgain: {
    name: 'sign-in.password-again',
    points: 8,
    windowMs: 15 * MINUTE_MS,
    blockMs: 15 * MINUTE_MS,
    stops: 'guessing a password by a session that was left open',
  },
} as const satisfies Record<string, RateLimit>;

/** Refused accesses that one actor gets noted; more are refused all the same. */
export const REFUSAL_LIMITS = {
  staff: {
    name: 'audit.refused-staff',
    points: 60,
    windowMs: MINUTE_MS,
    stops: 'filling the audit log with refusals by a stolen token',
  },
  visitor: {
    name: 'audit.refused-visitor',
    points: 5,
    windowMs: MINUTE_MS,
    stops: 'filling the audit log with refusals by scripts on the public site',
  },
  failedSignIns: {
    name: 'audit.failed-sign-ins',
    points: 60,
    windowMs: 60 * MINUTE_MS,
    stops: 'filling the audit log with guesses at the password of one person',
  },
} as const satisfies Record<string, RateLimit>;

/** The limit with `factor` times the points, at least one. */
export function scaled(limit: RateLimit, factor: number): RateLimit {
  return { ...limit, points: Math.max(1, Math.round(limit.points * factor)) };
}
