/** A part of the source with its own rule. The longest path that fits a file names its room. */
export interface Room {
  readonly path: string;
  /** What it may import: paths of rooms (all below them too), packages, `node:` modules. Itself goes without saying. */
  readonly may: readonly string[];
  /** What it may import types from, beyond that. */
  readonly mayTypes?: readonly string[];
}

const SHARED = ['shared/protocol', 'shared/limits.ts'];
const FEATURE = ['server/domain', 'server/ports', 'server/presenters', 'server/pipeline', ...SHARED];
const ADAPTER = ['server/ports', 'server/domain', ...SHARED];
const EVERY_FEATURE = ['server/features'];

function feature(name: string, extra: readonly string[] = []): Room {
  // Another feature's read model is known by its type alone; the composition root hands it in.
  return { path: `server/features/${name}`, may: [...FEATURE, ...extra], mayTypes: EVERY_FEATURE };
}

function adapter(name: string, ...drivers: string[]): Room {
  return { path: `server/adapters/${name}`, may: [...ADAPTER, ...drivers] };
}

/** Who may import whom; docs/ARCHITECTURE.md explains it. Everything that does not stand here is forbidden. */
export const ROOMS: readonly Room[] = [
  { path: 'shared/protocol', may: [] },
  { path: 'shared/limits.ts', may: [] },
  { path: 'shared/schemas', may: [...SHARED, 'zod'] },
  {
    path: 'config',
    may: ['shared', 'zod', 'node:process', 'node:fs', 'node:path', 'node:crypto', 'node:child_process'],
  },

  { path: 'server/domain', may: [...SHARED, '@casl/ability', 'bowser', 're2js', 'libphonenumber-js'] },
  { path: 'server/ports', may: [], mayTypes: ['server/domain', ...SHARED] },
  { path: 'server/presenters', may: ['server/domain', ...SHARED] },
  {
    path: 'server/pipeline',
    may: ['server/domain', 'server/ports', 'server/presenters', ...SHARED, 'lru-cache', 'file-type'],
  },

  feature('access', ['lru-cache']),
  feature('access-grants'),
  feature('accounts', ['server/features/redaction-rules', 'server/features/sites']),
  feature('activity'),
  feature('attachments'),
  feature('api-tokens'),
  feature('audit', ['lru-cache']),
  feature('auth'),
  feature('canned-responses'),
  feature('conversations', ['lru-cache']),
  feature('data-requests', ['server/features/erasure', 'server/features/jobs']),
  feature('day-counts'),
  feature('engagement', ['server/features/day-counts']),
  feature('departments', ['lru-cache']),
  feature('erasure'),
  feature('field-sweeps'),
  feature('profile-index'),
  feature('identity'),
  feature('keys'),
  feature('jobs'),
  feature('legal-holds'),
  feature('redaction-rescan'),
  feature('redaction-rules', ['server/features/day-counts']),
  feature('reports', ['server/features/day-counts']),
  feature('retention'),
  feature('roles'),
  feature('routing'),
  feature('settings'),
  feature('sites', ['lru-cache']),
  feature('staff'),
  feature('subject-access'),
  feature('subjects'),
  feature('transcripts'),
  feature('visitor-sessions'),
  feature('visitors'),
  feature('webhooks'),

  adapter(
    'crypto',
    'node:crypto',
    '@node-rs/argon2',
    'jsonwebtoken',
    'otpauth',
    '@zxcvbn-ts/core',
    '@zxcvbn-ts/language-common',
  ),
  adapter(
    'logging',
    'node:fs',
    'node:path',
    'node:stream',
    'node:url',
    'winston',
    'winston-daily-rotate-file',
  ),
  adapter('memory', 'rate-limiter-flexible'),
  adapter('metrics', 'prom-client'),
  adapter('mongo', 'mongoose'),
  adapter('oidc', 'openid-client'),
  adapter('redis', 'ioredis', 'rate-limiter-flexible'),
  adapter('socket', 'socket.io', 'node:http', 'node:process', 'node:stream'),
  adapter('sqlite', 'libsql', 'node:fs', 'node:path'),
  adapter('webhook', 'node:dns', 'node:http', 'node:https', 'node:net', 'ipaddr.js'),
  adapter('system', 'node:crypto', 'node:fs', 'node:https', 'node:net', 'node:tls'),

  {
    path: 'server/edge',
    may: [
      ...['server/domain', 'server/pipeline', 'server/features', 'server/presenters', 'server/ports'],
      ...[...SHARED, 'shared/schemas', 'zod', 'node:net', 'node:http', 'node:path', 'node:module'],
    ],
  },
  {
    path: 'server/edge/http',
    may: ['server/edge', 'express', 'helmet', '@asteasolutions/zod-to-openapi', 'node:stream'],
  },
  { path: 'server/edge/socket', may: ['server/edge', 'socket.io'] },

  { path: 'server/ops', may: ['server/ports', 'server/features', 'server/domain', ...SHARED, 'node-cron'] },
  {
    path: 'server/commands',
    may: [
      'server/compose',
      'server/domain',
      'server/ports',
      'config',
      ...SHARED,
      'node:process',
      'node:util',
    ],
    mayTypes: ['server/features'],
  },
  {
    path: 'server/ops/backup',
    may: ['server/ports', 'server/domain', 'node:crypto', 'node:fs', 'node:path', 'node:zlib'],
  },
  {
    path: 'server/compose',
    may: ['server', 'config', 'node:fs', 'node:http', 'node:https', 'node:path', 'node:util', 'socket.io'],
  },
  { path: 'server/commands.ts', may: ['server/compose', 'server/adapters/system', 'config', 'node:process'] },
  {
    path: 'server/compose.ts',
    may: ['server', 'config', 'node:http', 'node:https', 'node:net', 'socket.io'],
  },
  {
    path: 'server/main.ts',
    may: [
      'server/compose.ts',
      'server/ops',
      'server/ports',
      'config',
      'node:fs',
      'node:path',
      'node:process',
      'node:url',
    ].concat(['server/adapters/logging', 'server/adapters/system']),
  },

  { path: 'widget/bridge', may: [], mayTypes: ['shared/protocol'] },
  { path: 'widget/loader', may: ['widget/bridge'] },
  {
    path: 'widget/frame',
    may: ['widget/bridge', ...SHARED, 'preact', 'socket.io-client'],
    mayTypes: ['shared/schemas'],
  },
  { path: 'widget/demo', may: ['widget/bridge'] },
  { path: 'widget/build', may: ['vite', 'node:zlib'] },
  { path: 'widget', may: ['widget/build', 'vite', 'node:url'] },
  {
    path: 'console',
    may: [
      ...['react', 'react-dom', '@mantine/core', '@mantine/form', '@mantine/hooks', '@mantine/notifications'],
      ...[...SHARED, '@tabler/icons-react', 'socket.io-client', 'uqr', 'vite', 'virtual:theme.css'],
    ],
    mayTypes: ['shared/schemas'],
  },
];

/** A room inherits what the room around it may: `server/edge/http` all that `server/edge` may. */
const INHERITS: Readonly<Record<string, string>> = {
  'server/edge/http': 'server/edge',
  'server/edge/socket': 'server/edge',
};

/** One import as it stands in a file. `target` is a path of the project, a package or a `node:` module. */
export interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

export function roomOf(path: string): Room | undefined {
  return ROOMS.filter((room) => isWithin(path, room.path)).sort((a, b) => b.path.length - a.path.length)[0];
}

/** Whether the table lets the file import the target. */
export function isAllowed({ file, target, typeOnly }: Import): boolean {
  const room = roomOf(file);
  if (room === undefined) return false;
  if (isWithin(target, room.path)) return true;
  const around = roomOf(INHERITS[room.path] ?? '');
  const may = [...room.may, ...(around?.may ?? []), ...(typeOnly ? (room.mayTypes ?? []) : [])];
  return may.some((allowed) => isWithin(target, allowed));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
