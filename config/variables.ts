import { LIMITS } from '../shared/limits.ts';
import { command, keyList, randomKey } from './master-keys.ts';
import {
  atLeastBytes,
  decimal,
  flag,
  integer,
  issuerAddress,
  lengthBetween,
  matching,
  oneOf,
  optional,
  type Parser,
  secret,
} from './parsers.ts';

/** The headings under which `.env.example` lists the variables, in this order. */
export const SECTIONS = {
  server: 'Where it listens and how it is reached',
  store: 'Where data is kept',
  security: 'Keys',
  signIn: 'Sign-in of staff',
  bootstrap: 'First start on an empty store',
  before: 'Limits before sign-in',
  after: 'Limits after sign-in',
  logs: 'Process logs (they hold no personal data)',
} as const;

/** One environment variable: how it is read, and all that `.env.example` says about it. */
export interface Variable<T> {
  readonly section: keyof typeof SECTIONS;
  readonly help: string;
  readonly parse: Parser<T>;
  /** The default as text, read by the same parser; empty when there is none. */
  readonly standard: string;
  /** What holds when it is unset and has no default. */
  readonly unset?: string;
  readonly unit?: string;
  /** The attack or mishap that a limit is there for. */
  readonly stops?: string;
}

export const JWT_SECRET_MIN_BYTES = 32;
/** Shorter than that of other passwords: how good it is, is judged at the first start. */
const BOOTSTRAP_PASSWORD_MIN_LENGTH = 10;

const SITE_KEY = matching(/^[A-Za-z0-9_-]{3,64}$/, 'must have 3 to 64 letters, digits, - or _');

/** Everything that can be configured. The loader, `.env.example` and its test read this one table. */
export const VARIABLES = {
  NODE_ENV: {
    section: 'server',
    help: 'In production keys must be given, not made, and plain HTTP is refused.',
    parse: oneOf(['development', 'test', 'production']),
    standard: 'development',
  },
  HOST: {
    section: 'server',
    help: 'Address to listen on. 0.0.0.0: every interface.',
    parse: matching(/^[A-Za-z0-9.:_-]{1,255}$/, 'must be a host name or an address'),
    standard: '127.0.0.1',
  },
  PORT: {
    section: 'server',
    help: 'Port to listen on. 0: a free one, printed in the ready line.',
    parse: integer(0, 65_535),
    standard: '3000',
  },
  TRUST_PROXY: {
    section: 'server',
    help: 'How many proxies stand before the server. Their X-Forwarded-* headers are believed, no others.',
    parse: integer(0, 10),
    standard: '0',
    unit: 'proxies',
  },
  TLS_CERT_FILE: {
    section: 'server',
    help: 'Certificate in PEM, with the chain behind it: the server then speaks TLS itself. Read again when it changes.',
    parse: optional(lengthBetween(1, 4_096)),
    standard: '',
    unset: 'plain HTTP, for a proxy in front',
  },
  TLS_KEY_FILE: {
    section: 'server',
    help: 'Private key of the certificate, in PEM.',
    parse: optional(lengthBetween(1, 4_096)),
    standard: '',
    unset: 'plain HTTP, for a proxy in front',
  },
  REQUIRE_TLS: {
    section: 'server',
    help: 'Refuse plain HTTP. Needs TLS_CERT_FILE, or a proxy that ends TLS and TRUST_PROXY to be 1 or more.',
    parse: optional(flag),
    standard: '',
    unset: 'true in production, else false',
  },
  DEPLOYMENT_REGION: {
    section: 'server',
    help: 'Where this deployment runs. An account of another region is refused.',
    parse: matching(/^[a-z0-9-]{1,32}$/, 'must have 1 to 32 lower-case letters, digits or -'),
    standard: 'eu',
  },
  DATA_DIR: {
    section: 'store',
    help: 'Folder of the embedded store, the logs and the keys made here.',
    parse: lengthBetween(1, 4_096),
    standard: './data',
  },
  MONGODB_URI: {
    section: 'store',
    help: 'MongoDB as the store, e.g. mongodb://db1,db2,db3/engagement?replicaSet=rs0',
    parse: optional(
      secret(
        matching(
          /^mongodb(\+srv)?:\/\/[^\s/]+/,
          'must start with mongodb:// or mongodb+srv:// and name a host',
        ),
      ),
    ),
    standard: '',
    unset: 'the embedded store in DATA_DIR',
  },
  MONGODB_KEYS_URI: {
    section: 'store',
    help: 'A MongoDB database of their own for the wrapped keys, so that other people can guard and copy it.',
    parse: optional(
      secret(
        matching(
          /^mongodb(\+srv)?:\/\/[^\s/]+/,
          'must start with mongodb:// or mongodb+srv:// and name a host',
        ),
      ),
    ),
    standard: '',
    unset: 'the database of MONGODB_URI',
  },
  REDIS_URL: {
    section: 'store',
    help: 'Redis (6.2 or newer) that joins several nodes on one MongoDB to one cluster, e.g. redis://cache:6379',
    parse: optional(
      secret(matching(/^rediss?:\/\/[^\s/]+/, 'must start with redis:// or rediss:// and name a host')),
    ),
    standard: '',
    unset: 'one node',
  },
  GROUP_COMMIT_MAX_MESSAGES: {
    section: 'store',
    help: 'Most messages in one write.',
    parse: integer(1, 10_000),
    standard: '512',
    unit: 'messages',
  },
  ENCRYPTION_MASTER_KEY: {
    section: 'security',
    help: 'Wraps every other key. 32 bytes in base64, e.g. from: openssl rand -base64 32',
    parse: optional(secret(randomKey)),
    standard: '',
    unset:
      'made once in DATA_DIR/master.key; in production a refusal to start, unless one of the next two is set',
  },
  ENCRYPTION_MASTER_KEY_FILE: {
    section: 'security',
    help: 'A file with the master key in base64, instead. Further lines are earlier keys.',
    parse: optional((text) => text),
    standard: '',
    unset: 'no file is read',
  },
  ENCRYPTION_MASTER_KEY_COMMAND: {
    section: 'security',
    help: 'A program that prints such a file, instead: words, or a JSON list. Run once at the start, without a shell, for 10 s at the most.',
    parse: optional(secret(command)),
    standard: '',
    unset: 'no program is run',
  },
  ENCRYPTION_PREVIOUS_MASTER_KEYS: {
    section: 'security',
    help: 'Earlier master keys, with commas between, until `npm run keys -- rotate-master` is done.',
    parse: optional(secret(keyList)),
    standard: '',
    unset: 'none',
  },
  BACKUP_KEY: {
    section: 'security',
    help: 'Wraps the keys of backups. 32 bytes in base64.',
    parse: optional(secret(randomKey)),
    standard: '',
    unset: 'the master key does',
  },
  JWT_SECRET: {
    section: 'security',
    help: 'Signs access tokens. At least 32 bytes, e.g. from: openssl rand -base64 48',
    parse: optional(secret(atLeastBytes(JWT_SECRET_MIN_BYTES))),
    standard: '',
    unset: 'made once in DATA_DIR/jwt.secret; in production a refusal to start',
  },
  OIDC_ISSUER: {
    section: 'signIn',
    help: 'Identity provider (OpenID Connect) that staff can sign in by, e.g. https://login.example.com',
    parse: optional(issuerAddress),
    standard: '',
    unset: 'sign-in by password alone',
  },
  OIDC_CLIENT_ID: {
    section: 'signIn',
    help: 'Name of this server at the provider. Its redirect address there: https://<this server>/console/signed-in',
    parse: optional(lengthBetween(1, 200)),
    standard: '',
    unset: 'sign-in by password alone',
  },
  OIDC_CLIENT_SECRET: {
    section: 'signIn',
    help: 'Its secret at the provider.',
    parse: optional(secret(lengthBetween(1, 1_000))),
    standard: '',
    unset: 'sign-in by password alone',
  },
  OIDC_NAME: {
    section: 'signIn',
    help: 'What the button says: Continue with ...',
    parse: lengthBetween(1, 40),
    standard: 'single sign-on',
  },
  BOOTSTRAP_ADMIN_EMAIL: {
    section: 'bootstrap',
    help: 'Signs in as the first administrator.',
    parse: matching(/^[^\s@]{1,64}@[^\s@]{1,189}$/, 'must be an e-mail address'),
    standard: 'admin@example.com',
  },
  BOOTSTRAP_ADMIN_PASSWORD: {
    section: 'bootstrap',
    help: "The first administrator's password. One that is easy to guess is refused in production.",
    parse: optional(secret(lengthBetween(BOOTSTRAP_PASSWORD_MIN_LENGTH, LIMITS.passwordMaxLength))),
    standard: '',
    unset: 'random, printed once',
  },
  BOOTSTRAP_ACCOUNT: {
    section: 'bootstrap',
    help: 'Name of the first account.',
    parse: lengthBetween(1, LIMITS.nameLength),
    standard: 'demo',
  },
  BOOTSTRAP_SITE_KEY: {
    section: 'bootstrap',
    help: 'Site key of the first site, as it stands in the embed snippet.',
    parse: SITE_KEY,
    standard: 'demo',
  },
  RATE_LIMIT_FACTOR: {
    section: 'before',
    help: 'Multiplies every rate limit. Load tests raise it.',
    parse: decimal(0.001, 1_000_000),
    standard: '1',
  },
  HANDSHAKES_PER_MINUTE: {
    section: 'before',
    help: 'Socket handshakes from one address.',
    parse: integer(1, 1_000_000),
    standard: '300',
    unit: 'handshakes per minute and address',
    stops: 'a flood of handshakes, each of which costs a token check and memory',
  },
  SOCKETS_WITHOUT_TOKEN: {
    section: 'before',
    help: 'Connections from one address that have not shown a token yet, at one time.',
    parse: integer(1, 1_000_000),
    standard: '50',
    unit: 'connections per address',
    stops: 'connections opened and left silent until the server has no descriptors left',
  },
  HANDSHAKE_TIMEOUT_MS: {
    section: 'before',
    help: 'How long a connection may take to show its token.',
    parse: integer(100, 120_000),
    standard: '10000',
    unit: 'milliseconds',
    stops: 'connections that never finish their handshake',
  },
  BODY_MAX_BYTES: {
    section: 'before',
    help: 'Largest body of an HTTP request.',
    parse: integer(1_024, 16_777_216),
    standard: '65536',
    unit: 'bytes',
    stops: 'large bodies that fill memory and stall the JSON parser',
  },
  REQUEST_TIMEOUT_MS: {
    section: 'before',
    help: 'How long an HTTP request may take to arrive.',
    parse: integer(1_000, 600_000),
    standard: '30000',
    unit: 'milliseconds',
    stops: 'requests sent a byte at a time to hold connections open',
  },
  NEW_SESSIONS_PER_HOUR: {
    section: 'before',
    help: 'New visitor sessions of one site.',
    parse: integer(1, 10_000_000),
    standard: '20000',
    unit: 'sessions per hour and site',
    stops: 'filling the store with visitor sessions of one site from many places',
  },
  EVENT_MAX_BYTES: {
    section: 'before',
    help: 'Largest socket packet. A message of the greatest length fits four times over.',
    parse: integer(32_768, 16_777_216),
    standard: '65536',
    unit: 'bytes',
    stops: 'large packets that fill memory before they can be checked',
  },
  EVENTS_PER_10_SECONDS: {
    section: 'after',
    help: 'Events from one socket, of every kind together.',
    parse: integer(1, 1_000_000),
    standard: '200',
    unit: 'events in 10 seconds and socket',
    stops: 'one client that keeps the server busy for everyone',
  },
  MESSAGE_MAX_LENGTH: {
    section: 'after',
    help: 'Longest message or note. The pages show the limit of 4000; a lower one is answered message.too_long.',
    parse: integer(1, LIMITS.messageLength),
    standard: String(LIMITS.messageLength),
    unit: 'characters',
    stops: 'long texts in a row, each of which costs searching, sealing and showing',
  },
  CHAT_STARTS_PER_HOUR: {
    section: 'after',
    help: 'Chats started by one visitor session.',
    parse: integer(1, 1_000_000),
    standard: '30',
    unit: 'chats per hour and session',
    stops: 'a script that fills the queue of the agents',
  },
  ATTACHMENT_MAX_BYTES: {
    section: 'after',
    help: 'Largest file in a conversation.',
    parse: integer(1_024, 104_857_600),
    standard: '10485760',
    unit: 'bytes',
    stops: 'large files that fill memory and store',
  },
  ATTACHMENT_TEXT_MAX_BYTES: {
    section: 'after',
    help: 'Largest file that is searched as a text (txt, csv, json).',
    parse: integer(1_024, 1_048_576),
    standard: '524288',
    unit: 'bytes',
    stops: 'long texts whose search keeps the server busy',
  },
  ATTACHMENTS_PER_CONVERSATION: {
    section: 'after',
    help: 'Files in one conversation.',
    parse: integer(1, 10_000),
    standard: '50',
    unit: 'files per conversation',
    stops: 'a conversation used as a place to keep files',
  },
  ATTACHMENTS_PER_10_MINUTES: {
    section: 'after',
    help: 'Files sent by one visitor session or staff member.',
    parse: integer(1, 1_000_000),
    standard: '30',
    unit: 'files in 10 minutes and sender',
    stops: 'a script that fills the store with files',
  },
  UPLOADS_AT_ONCE: {
    section: 'after',
    help: 'Files that are being received at one time, of everyone together; of one address a quarter of it.',
    parse: integer(1, 10_000),
    standard: '16',
    unit: 'uploads',
    stops: 'uploads sent slowly, each of which holds its bytes in memory',
  },
  WEBHOOK_ALLOW_PRIVATE_ADDRESSES: {
    section: 'after',
    help: 'Let webhooks reach addresses that are not public: receivers in your own network.',
    parse: flag,
    standard: 'false',
    stops: 'an administrator of one account who reads or changes what only this server can reach',
  },
  WEBHOOK_ALLOW_HTTP: {
    section: 'after',
    help: 'Let webhooks use plain HTTP.',
    parse: flag,
    standard: 'false',
    stops: 'events and signatures read on their way',
  },
  WEBHOOK_TIMEOUT_MS: {
    section: 'after',
    help: 'How long a receiver of a webhook may take to answer.',
    parse: integer(100, 30_000),
    standard: '10000',
    unit: 'milliseconds',
    stops: 'receivers that never answer and hold up deliveries',
  },
  SOCKETS_PER_SESSION: {
    section: 'after',
    help: 'Sockets (tabs) of one visitor session or one staff member on a node, at one time.',
    parse: integer(1, 10_000),
    standard: '20',
    unit: 'sockets',
    stops: 'one token shared out to thousands of sockets, each of which gets every event',
  },
  SESSIONS_PER_SITE: {
    section: 'after',
    help: 'Visitor sessions of one site that are connected at one time.',
    parse: integer(1, 10_000_000),
    standard: '20000',
    unit: 'sessions per site',
    stops: 'a script that makes sessions without end under a public site key',
  },
  OUTBOUND_BUFFER_MAX_BYTES: {
    section: 'after',
    help: 'Most bytes that wait for one socket; when more wait, the socket is ended and the client resumes.',
    parse: integer(65_536, 268_435_456),
    standard: '1048576',
    unit: 'bytes per socket',
    stops: 'clients that stop reading while the server keeps their mail in memory',
  },
  LOG_LEVEL: {
    section: 'logs',
    help: 'The least severe line that is kept.',
    parse: oneOf(['debug', 'info', 'warn', 'error']),
    standard: 'info',
  },
  LOG_RETENTION_DAYS: {
    section: 'logs',
    help: 'Log files older than this are deleted.',
    parse: integer(1, 7),
    standard: '7',
    unit: 'days',
  },
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof VARIABLES;

/** What the parsers of the table answer, by variable. */
export type Values = {
  readonly [Name in VariableName]: (typeof VARIABLES)[Name] extends { parse: Parser<infer T> } ? T : never;
};
