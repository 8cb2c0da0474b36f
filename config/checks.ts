import type { Values } from './variables.ts';

/** The values that could be read; a malformed variable is missing here, and has its own fault already. */
export type Readable = Partial<Values>;

/** A rule over several variables: the fault, or undefined when it is kept. */
type Check = (values: Readable) => string | undefined;

const KEY_NAMES = ['ENCRYPTION_MASTER_KEY', 'JWT_SECRET'] as const;

const faultChecks: readonly Check[] = [
  ...KEY_NAMES.map(
    (name): Check =>
      (values) => {
        if (!isUnset(values, name) || values.NODE_ENV !== 'production') return undefined;
        return `${name} must be set in production`;
      },
  ),
  ...KEY_NAMES.map(
    (name): Check =>
      (values) => {
        if (!isUnset(values, name) || values.REDIS_URL === undefined || values.NODE_ENV === 'production') {
          return undefined;
        }
        return `${name} must be set with REDIS_URL: every node of a cluster needs the same one`;
      },
  ),
  (values) => {
    if (values.REDIS_URL === undefined || !isUnset(values, 'MONGODB_URI')) return undefined;
    return 'MONGODB_URI must be set with REDIS_URL: the embedded store serves one node only';
  },
  (values) => {
    const masterKey = values.ENCRYPTION_MASTER_KEY?.reveal();
    const jwtSecret = values.JWT_SECRET?.reveal();
    if (masterKey === undefined || jwtSecret === undefined) return undefined;
    const same = Buffer.from(jwtSecret, 'base64').equals(masterKey);
    return same ? 'JWT_SECRET must differ from ENCRYPTION_MASTER_KEY' : undefined;
  },
  ...KEY_NAMES.map(
    (name): Check =>
      (values) => {
        const key = values[name]?.reveal();
        if (key === undefined || new Set<string | number>(key).size >= 8) return undefined;
        return `${name} is not random: it repeats a few characters`;
      },
  ),
];

const warningChecks: readonly Check[] = [
  (values) => {
    if (values.REDIS_URL === undefined) return undefined;
    return 'REDIS_URL is set and not used: this release runs on one node';
  },
  (values) => {
    if (values.NODE_ENV !== 'production' || values.REQUIRE_TLS !== false) return undefined;
    return 'REQUIRE_TLS is off in production: personal data may cross the network in clear';
  },
  (values) => {
    const requireTls = values.REQUIRE_TLS ?? values.NODE_ENV === 'production';
    if (!requireTls || values.TRUST_PROXY !== 0) return undefined;
    return 'REQUIRE_TLS is on and TRUST_PROXY is 0: every request is refused until a TLS proxy is trusted';
  },
];

/** Faults that no variable shows alone. */
export function crossFaults(values: Readable): string[] {
  return run(faultChecks, values);
}

/** What can be meant so, but rarely is. */
export function warningsOf(values: Readable): string[] {
  return run(warningChecks, values);
}

function run(checks: readonly Check[], values: Readable): string[] {
  return checks.map((check) => check(values)).filter((text) => text !== undefined);
}

/** Readable and empty: a malformed value is not "unset". */
function isUnset(values: Readable, name: keyof Values): boolean {
  return name in values && values[name] === undefined;
}
