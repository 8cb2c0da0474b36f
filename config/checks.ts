import type { Values } from './variables.ts';

/** The values that could be read; a malformed variable is missing here, and has its own fault already. */
export type Readable = Partial<Values>;

/** A rule over several variables: the fault, or undefined when it is kept. */
type Check = (values: Readable) => string | undefined;

const MASTER_KEY_SOURCES = [
  'ENCRYPTION_MASTER_KEY',
  'ENCRYPTION_MASTER_KEY_FILE',
  'ENCRYPTION_MASTER_KEY_COMMAND',
] as const;

/** Secrets that every node needs, each with the variables that can give it. */
const SECRETS: readonly { name: string; sources: readonly (keyof Values)[] }[] = [
  { name: 'ENCRYPTION_MASTER_KEY', sources: MASTER_KEY_SOURCES },
  { name: 'JWT_SECRET', sources: ['JWT_SECRET'] },
];

const faultChecks: readonly Check[] = [
  (values) => tlsCheck(values),
  (values) => oidcCheck(values),
  ...SECRETS.map(
    ({ name, sources }): Check =>
      (values) => {
        if (!sources.every((source) => isUnset(values, source)) || values.NODE_ENV !== 'production') {
          return undefined;
        }
        return `${name} must be set in production`;
      },
  ),
  ...SECRETS.map(
    ({ name, sources }): Check =>
      (values) => {
        const unset = sources.every((source) => isUnset(values, source));
        if (!unset || values.REDIS_URL === undefined || values.NODE_ENV === 'production') return undefined;
        return `${name} must be set with REDIS_URL: every node of a cluster needs the same one`;
      },
  ),
  (values) => {
    const given = MASTER_KEY_SOURCES.filter((name) => values[name] !== undefined);
    return given.length > 1 ? `only one of ${given.join(', ')} may be set` : undefined;
  },
  (values) => {
    if (values.MONGODB_KEYS_URI === undefined || !isUnset(values, 'MONGODB_URI')) return undefined;
    return 'MONGODB_URI must be set with MONGODB_KEYS_URI: the embedded store has a file of its own for keys';
  },
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
  (values) => {
    const secret = values.JWT_SECRET?.reveal();
    if (secret === undefined || new Set(secret).size >= 8) return undefined;
    return 'JWT_SECRET is not random: it repeats a few characters';
  },
  (values) => {
    const [backupKey, masterKey] = [values.BACKUP_KEY?.reveal(), values.ENCRYPTION_MASTER_KEY?.reveal()];
    if (backupKey === undefined || masterKey === undefined) return undefined;
    return Buffer.from(backupKey).equals(masterKey)
      ? 'BACKUP_KEY must differ from ENCRYPTION_MASTER_KEY'
      : undefined;
  },
];

const tlsCheck: Check = (values) => {
  const missing = (['TLS_CERT_FILE', 'TLS_KEY_FILE'] as const).filter((name) => isUnset(values, name));
  return missing.length === 1
    ? `${missing[0]} must be set too: a certificate and its key go together`
    : undefined;
};

const OIDC_NAMES = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;

/** All three or none. */
const oidcCheck: Check = (values) => {
  const missing = OIDC_NAMES.filter((name) => isUnset(values, name));
  if (missing.length === 0 || missing.length === OIDC_NAMES.length) return undefined;
  return `${missing.join(' and ')} must be set with the other OIDC variables`;
};

const warningChecks: readonly Check[] = [
  (values) => {
    if (values.NODE_ENV !== 'production' || values.REQUIRE_TLS !== false) return undefined;
    return 'REQUIRE_TLS is off in production: personal data may cross the network in clear';
  },
  (values) => {
    const requireTls = values.REQUIRE_TLS ?? values.NODE_ENV === 'production';
    if (!requireTls || values.TRUST_PROXY !== 0 || values.TLS_CERT_FILE !== undefined) return undefined;
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
