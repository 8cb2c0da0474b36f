import process from 'node:process';
import { parseArgs } from 'node:util';

/** `cluster`: MongoDB, and Redis with a second node that hears everything. */
export type StoreName = 'sqlite' | 'mongodb' | 'cluster';

export interface Options {
  readonly seed: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly senders: number;
  readonly agents: number;
  /** Messages in flight from each sender. */
  readonly windows: readonly number[];
  /** Idle visitors for the measurement of memory; 0 leaves it out. */
  readonly idle: number;
  readonly stores: readonly StoreName[];
  readonly mongodbUri: string | undefined;
  readonly redisUri: string | undefined;
  /** Options of Node itself, for every measured server. */
  readonly nodeArguments: readonly string[];
  /** Folder for CPU profiles; undefined: none are made. */
  readonly profileDir: string | undefined;
}

const USAGE = `npm run bench relay [options]
  --rounds N      measured rounds, the median is reported (5)
  --seconds N     length of each run (5)
  --senders N     visitors that send, one conversation each (200)
  --agents N      agents that receive (10)
  --windows A,B   messages in flight from each sender (1,8)
  --idle N        idle visitors to measure memory with, 0: none (2000)
  --stores A,B    sqlite, mongodb, cluster (sqlite, and mongodb when there is an address)
  --mongodb URI   address of a MongoDB (MONGODB_TEST_URI)
  --redis URI     address of a Redis, for cluster (REDIS_TEST_URI)
  --profile DIR   profiles the servers in a run of their own and tells where the time goes
  --node OPTIONS  options of Node itself for every server, e.g. --node=--max-semi-space-size=64
  --seed N        of the messages`;

/** Reads the arguments. @throws Error with the usage */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ rounds: text, seconds: text, senders: text, agents: text, windows: text, idle: text },
      ...{ stores: text, mongodb: text, redis: text, profile: text, seed: text, node: text },
    },
  });
  const mongodbUri = values.mongodb ?? process.env.MONGODB_TEST_URI;
  const redisUri = values.redis ?? process.env.REDIS_TEST_URI;
  const standard = mongodbUri === undefined ? 'sqlite' : 'sqlite,mongodb';
  const seconds = number(values.seconds, 5);
  return {
    seed: number(values.seed, 20_260_101),
    rounds: number(values.rounds, 5),
    seconds,
    warmUpSeconds: Math.min(3, seconds),
    senders: number(values.senders, 200),
    agents: number(values.agents, 10),
    windows: (values.windows ?? '1,8').split(',').map((window) => number(window, 1)),
    idle: number(values.idle, 2_000),
    stores: storesOf(values.stores ?? standard, { mongodbUri, redisUri }),
    mongodbUri,
    redisUri,
    nodeArguments: values.node?.split(' ') ?? [],
    profileDir: values.profile,
  };
}

function storesOf(
  list: string,
  { mongodbUri, redisUri }: Pick<Options, 'mongodbUri' | 'redisUri'>,
): StoreName[] {
  return list.split(',').map((name) => {
    if (name !== 'sqlite' && name !== 'mongodb' && name !== 'cluster') throw new Error(USAGE);
    if (name !== 'sqlite' && mongodbUri === undefined) throw new Error(USAGE);
    if (name === 'cluster' && redisUri === undefined) throw new Error(USAGE);
    return name;
  });
}

function number(given: string | undefined, standard: number): number {
  const value = given === undefined ? standard : Number(given);
  if (!(value >= 0)) throw new Error(USAGE);
  return value;
}
