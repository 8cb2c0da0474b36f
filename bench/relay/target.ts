import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signIn } from '../../tests/process/rest-client.ts';
import { type MeasuredProcess, startMeasured } from '../support/measured-process.ts';
import { openScratchDatabase, type ScratchDatabase } from '../support/mongodb.ts';
import { type Generator, startGenerator } from './generator-process.ts';
import type { Handshake, LoadPlan } from './load-plan.ts';
import type { Options, StoreName } from './options.ts';
import { ADMIN, enableRules, makeAgents, makeVisitors, productEnvironment } from './product.ts';

export type TargetName = 'bare' | StoreName;

/** A server under load, with the generator that is connected to it. */
export interface Target {
  readonly name: TargetName;
  readonly server: MeasuredProcess;
  readonly generator: Generator;
  /** CPU seconds of the database's process so far, when it is apart and says so. */
  databaseCpuSeconds(): Promise<number | undefined>;
  /** Handshakes of visitors that have not connected yet. */
  visitors(count: number): Promise<readonly Handshake[]>;
  /** Connects senders and agents. */
  connect(): Promise<void>;
  close(): Promise<void>;
}

export async function startTarget(name: TargetName, options: Options): Promise<Target> {
  return name === 'bare' ? startBare(options) : startProduct(name, options);
}

async function startBare({ senders, agents, seed, nodeArguments }: Options): Promise<Target> {
  const server = await startMeasured('dist/bench/relay/bare-relay.js', { env: {}, nodeArguments });
  const generator = startGenerator();
  const rooms = Array.from({ length: senders }, () => crypto.randomUUID());
  const plan: LoadPlan = {
    kind: 'bare',
    url: server.url,
    seed,
    visitors: rooms.map((room) => ({ rooms: [room] })),
    agents: Array.from({ length: agents }, (_, agent) => ({
      rooms: rooms.filter((_room, index) => index % agents === agent),
    })),
    capacity: senders,
  };
  return {
    name: 'bare',
    server,
    generator,
    databaseCpuSeconds: async () => undefined,
    visitors: async (count) => Array.from({ length: count }, () => ({})),
    connect: async () => {
      await generator.carryOut({ do: 'connect', plan });
    },
    close: async () => {
      generator.close();
      await server.stop();
    },
  };
}

async function startProduct(name: StoreName, options: Options): Promise<Target> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-relay-'));
  const database = name === 'sqlite' ? undefined : await openScratchDatabase(options.mongodbUri ?? '');
  const redisUri = name === 'cluster' ? options.redisUri : undefined;
  const start = (folder: string): Promise<MeasuredProcess> =>
    startMeasured('dist/server/main.js', {
      env: productEnvironment({ dataDir: join(dataDir, folder), mongodbUri: database?.uri, redisUri }),
      nodeArguments: options.nodeArguments,
    });
  const server = await start('one');
  // All clients are at the first node; the second is there to be told.
  const other = name === 'cluster' ? await start('other') : undefined;
  const generator = startGenerator();
  return {
    name,
    server,
    generator,
    databaseCpuSeconds: async () => database?.cpuSeconds(),
    visitors: (count) => makeVisitors(server.url, count),
    connect: async () => {
      await generator.carryOut({ do: 'connect', plan: await planFor(server.url, options) });
    },
    close: () => closeProduct({ server, other, generator, database, dataDir }),
  };
}

async function planFor(url: string, { seed, senders, agents }: Options): Promise<LoadPlan> {
  const staff = await signIn(url, ADMIN);
  await enableRules(url, staff);
  return {
    kind: 'product',
    url,
    seed,
    agents: await makeAgents(url, staff, agents),
    visitors: await makeVisitors(url, senders),
    capacity: Math.ceil(senders / agents) + 1,
  };
}

async function closeProduct(parts: {
  server: MeasuredProcess;
  other: MeasuredProcess | undefined;
  generator: Generator;
  database: ScratchDatabase | undefined;
  dataDir: string;
}): Promise<void> {
  parts.generator.close();
  await parts.other?.stop();
  const { code } = await parts.server.stop();
  await parts.database?.close();
  rmSync(parts.dataDir, { recursive: true, force: true });
  if (code !== 0) throw new Error(`the server ended with ${code}:\n${parts.server.stderr()}`);
}
