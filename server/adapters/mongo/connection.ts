import mongoose, { type Connection, type ConnectOptions } from 'mongoose';

export interface MongoOptions {
  readonly uri: string;
  /** In front of the database that the address names; `engagement` when neither says one. */
  readonly dbName?: string;
  /** A database of their own for the wrapped keys and the erasure list; the same one when it is left out. */
  readonly keysUri?: string;
}

/**
 * What the connection is unless the address says otherwise. The one place for concerns: a write counts when
 * a majority has it in its journal, and what is read cannot be rolled back; a server without a replica
 * set takes both words and gives them the meaning of one member. A majority that is away for longer
 * than `wtimeoutMS` fails the write (the caller sends it again), instead of holding it for ever.
 */
const DEFAULTS = {
  w: 'majority',
  journal: true,
  wtimeoutMS: 10_000,
  readConcernLevel: 'majority',
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 60_000,
  waitQueueTimeoutMS: 10_000,
  maxPoolSize: 32,
  minPoolSize: 1,
} as const satisfies ConnectOptions;

/**
 * What holds whatever the address says. Driver events with commands in them stay off: they hold values. An
 * undefined value is not left out of what is sent: a filter would match everything without it.
 */
const FIXED = {
  readPreference: 'primary',
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  promoteBuffers: true,
  ignoreUndefined: false,
  monitorCommands: false,
} as const satisfies ConnectOptions;

/** A connection of its own, open. Rejects when no primary answers within the time. */
export async function connect(options: MongoOptions): Promise<Connection> {
  const connection = mongoose.createConnection(options.uri, connectOptions(options));
  try {
    return await connection.asPromise();
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** What the driver is told beside the address: an option that the address names itself is left to it. */
export function connectOptions({ uri, dbName }: Omit<MongoOptions, 'keysUri'>): ConnectOptions {
  const named = optionsNamedIn(uri);
  const defaults = Object.entries(DEFAULTS).filter(([name]) => !named.has(name.toLowerCase()));
  return {
    ...Object.fromEntries(defaults),
    ...FIXED,
    dbName: dbName ?? databaseNamedIn(uri) ?? 'engagement',
  };
}

/** The names of the options in a MongoDB address, in lower case, as they compare without it. */
function optionsNamedIn(uri: string): ReadonlySet<string> {
  const query = new URLSearchParams(uri.split('?')[1] ?? '');
  return new Set([...query.keys()].map((name) => name.toLowerCase()));
}

function databaseNamedIn(uri: string): string | undefined {
  const name = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri)?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
}
