import { resolve } from 'node:path';
import process from 'node:process';
import { crossFaults, type Readable, warningsOf } from './checks.ts';
import { ConfigError } from './config-error.ts';
import type { Command } from './master-keys.ts';
import { Malformed } from './parsers.ts';
import type { Secret } from './secret.ts';
import { VARIABLES, type Values, type Variable, type VariableName } from './variables.ts';

/** A checked configuration. Everything that the product reads from its environment is in here. */
export interface Config {
  readonly environment: Values['NODE_ENV'];
  readonly server: ServerConfig;
  readonly store: StoreConfig;
  readonly security: SecurityConfig;
  readonly signIn: SignInConfig;
  readonly bootstrap: BootstrapConfig;
  readonly limits: LimitsConfig;
  readonly webhooks: WebhooksConfig;
  readonly logs: LogsConfig;
  /** Settings that work but are rarely meant; constant texts, to be logged at start. */
  readonly warnings: readonly string[];
}

export interface ServerConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly trustProxyHops: number;
  readonly requireTls: boolean;
  /** Absolute paths; undefined: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly region: string;
}

export interface StoreConfig {
  /** Absolute. */
  readonly dataDir: string;
  readonly mongodbUri: Secret<string> | undefined;
  /** A database of their own for the keys. */
  readonly mongodbKeysUri: Secret<string> | undefined;
  readonly redisUrl: Secret<string> | undefined;
  readonly groupCommit: { readonly maxMessages: number };
}

/** Keys as configured; `resolveSecrets` answers the ones in force. */
export interface SecurityConfig {
  readonly masterKey: Secret<Uint8Array> | undefined;
  readonly masterKeyFile: string | undefined;
  readonly masterKeyCommand: Secret<Command> | undefined;
  readonly previousMasterKeys: Secret<readonly Uint8Array[]> | undefined;
  readonly jwtSecret: Secret<string> | undefined;
  readonly backupKey: Secret<Uint8Array> | undefined;
}

export interface SignInConfig {
  /** The identity provider that staff can sign in by. */
  readonly oidc: OidcConfig | undefined;
}

export interface OidcConfig {
  readonly name: string;
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
}

export interface BootstrapConfig {
  readonly adminEmail: string;
  readonly adminPassword: Secret<string> | undefined;
  readonly account: string;
  readonly siteKey: string;
}

/** A rate in the shape of the rate limiter's port. `points` is already multiplied by `rateFactor`. */
export interface ConfiguredRate {
  readonly name: string;
  readonly points: number;
  readonly windowMs: number;
  readonly stops: string;
}

export interface LimitsConfig {
  /** For rates that are not listed here. */
  readonly rateFactor: number;
  readonly handshakes: ConfiguredRate;
  readonly events: ConfiguredRate;
  readonly chatStarts: ConfiguredRate;
  /** Counted by site. */
  readonly newSessions: ConfiguredRate;
  readonly socketsWithoutToken: number;
  readonly handshakeTimeoutMs: number;
  readonly bodyMaxBytes: number;
  readonly requestTimeoutMs: number;
  readonly eventMaxBytes: number;
  /** Characters. */
  readonly messageMaxLength: number;
  readonly attachments: {
    readonly maxBytes: number;
    readonly maxTextBytes: number;
    readonly perConversation: number;
    readonly uploads: ConfiguredRate;
    readonly uploadsAtOnce: number;
  };
  readonly socketsPerSession: number;
  readonly sessionsPerSite: number;
  readonly outboundBufferMaxBytes: number;
}

export interface WebhooksConfig {
  readonly allowPrivateAddresses: boolean;
  readonly allowHttp: boolean;
  readonly timeoutMs: number;
}

export interface LogsConfig {
  readonly level: Values['LOG_LEVEL'];
  readonly retentionDays: number;
  /** Absolute. */
  readonly dir: string;
}

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the whole configuration; nothing else in the product reads `process.env`. An empty variable
 * counts as unset.
 * @throws ConfigError with every fault there is, not only the first
 */
export function loadConfig(env: Environment = process.env): Config {
  const { values, faults } = readAll(env);
  faults.push(...crossFaults(values));
  if (faults.length > 0) throw new ConfigError(faults);
  // Without a fault every variable has been read.
  return assemble(values as Values);
}

function readAll(env: Environment): { values: Readable; faults: string[] } {
  const values: Partial<Record<VariableName, unknown>> = {};
  const faults: string[] = [];
  for (const name of Object.keys(VARIABLES) as VariableName[]) {
    try {
      values[name] = readOne(VARIABLES[name], env[name]);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      faults.push(`${name} ${error.message}`);
    }
  }
  return { values: values as Readable, faults };
}

function readOne(variable: Variable<unknown>, text: string | undefined): unknown {
  const trimmed = text?.trim() ?? '';
  return variable.parse(trimmed === '' ? variable.standard : trimmed);
}

function assemble(values: Values): Config {
  const dataDir = resolve(values.DATA_DIR);
  return {
    environment: values.NODE_ENV,
    server: {
      host: values.HOST,
      port: values.PORT,
      trustProxyHops: values.TRUST_PROXY,
      tls: tlsOf(values),
      requireTls: values.REQUIRE_TLS ?? values.NODE_ENV === 'production',
      region: values.DEPLOYMENT_REGION,
    },
    store: {
      dataDir,
      mongodbUri: values.MONGODB_URI,
      mongodbKeysUri: values.MONGODB_KEYS_URI,
      redisUrl: values.REDIS_URL,
      groupCommit: {
        maxMessages: values.GROUP_COMMIT_MAX_MESSAGES,
      },
    },
    security: {
      masterKey: values.ENCRYPTION_MASTER_KEY,
      masterKeyFile: values.ENCRYPTION_MASTER_KEY_FILE,
      masterKeyCommand: values.ENCRYPTION_MASTER_KEY_COMMAND,
      previousMasterKeys: values.ENCRYPTION_PREVIOUS_MASTER_KEYS,
      jwtSecret: values.JWT_SECRET,
      backupKey: values.BACKUP_KEY,
    },
    signIn: { oidc: oidcOf(values) },
    bootstrap: {
      adminEmail: values.BOOTSTRAP_ADMIN_EMAIL.toLowerCase(),
      adminPassword: values.BOOTSTRAP_ADMIN_PASSWORD,
      account: values.BOOTSTRAP_ACCOUNT,
      siteKey: values.BOOTSTRAP_SITE_KEY,
    },
    limits: limitsOf(values),
    webhooks: {
      allowPrivateAddresses: values.WEBHOOK_ALLOW_PRIVATE_ADDRESSES,
      allowHttp: values.WEBHOOK_ALLOW_HTTP,
      timeoutMs: values.WEBHOOK_TIMEOUT_MS,
    },
    logs: {
      level: values.LOG_LEVEL,
      retentionDays: values.LOG_RETENTION_DAYS,
      dir: resolve(dataDir, 'logs'),
    },
    warnings: warningsOf(values),
  };
}

function tlsOf({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: Values): ServerConfig['tls'] {
  if (certFile === undefined || keyFile === undefined) return undefined;
  return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
}

/** The checks across variables have seen that the three come together. */
function oidcOf(values: Values): OidcConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return { name: values.OIDC_NAME, issuer, clientId, clientSecret };
}

function limitsOf(values: Values): LimitsConfig {
  const rateFactor = values.RATE_LIMIT_FACTOR;
  const rate = (name: RateName, windowMs: number): ConfiguredRate => ({
    name,
    points: Math.max(1, Math.round(values[name] * rateFactor)),
    windowMs,
    stops: VARIABLES[name].stops,
  });
  return {
    rateFactor,
    handshakes: rate('HANDSHAKES_PER_MINUTE', 60_000),
    events: rate('EVENTS_PER_10_SECONDS', 10_000),
    chatStarts: rate('CHAT_STARTS_PER_HOUR', 3_600_000),
    newSessions: rate('NEW_SESSIONS_PER_HOUR', 3_600_000),
    socketsWithoutToken: values.SOCKETS_WITHOUT_TOKEN,
    handshakeTimeoutMs: values.HANDSHAKE_TIMEOUT_MS,
    bodyMaxBytes: values.BODY_MAX_BYTES,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    eventMaxBytes: values.EVENT_MAX_BYTES,
    messageMaxLength: values.MESSAGE_MAX_LENGTH,
    attachments: {
      maxBytes: values.ATTACHMENT_MAX_BYTES,
      maxTextBytes: values.ATTACHMENT_TEXT_MAX_BYTES,
      perConversation: values.ATTACHMENTS_PER_CONVERSATION,
      uploads: rate('ATTACHMENTS_PER_10_MINUTES', 600_000),
      uploadsAtOnce: values.UPLOADS_AT_ONCE,
    },
    socketsPerSession: values.SOCKETS_PER_SESSION,
    sessionsPerSite: values.SESSIONS_PER_SITE,
    outboundBufferMaxBytes: values.OUTBOUND_BUFFER_MAX_BYTES,
  };
}

type RateName =
  | 'HANDSHAKES_PER_MINUTE'
  | 'EVENTS_PER_10_SECONDS'
  | 'CHAT_STARTS_PER_HOUR'
  | 'ATTACHMENTS_PER_10_MINUTES'
  | 'NEW_SESSIONS_PER_HOUR';
