import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';
import { openScratchDatabase } from '../support/mongodb.ts';
import { measureIdle } from './idle-memory.ts';
import { type Measurement, measureRounds } from './measure.ts';
import { MESSAGE_LENGTH } from './messages.ts';
import { type Options, readOptions } from './options.ts';
import { RULES } from './product.ts';
import { profileTarget } from './profile.ts';
import { generatorNote, memoryTable, speedTable } from './report.ts';
import { startTarget, type Target, type TargetName } from './target.ts';

/**
 * `npm run bench relay`: the whole way of a message (admitted, redacted, sealed, stored, delivered) against a bare
 * Socket.IO relay, in the same run; see bench/README.md.
 */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const names: TargetName[] = ['bare', ...options.stores];
  await printHead(options);
  await measureSpeed(names, options);
  if (options.idle > 0) await measureMemory(names, options);
}

async function measureSpeed(names: readonly TargetName[], options: Options): Promise<void> {
  const targets: Target[] = [];
  try {
    for (const name of names) targets.push(await startConnected(name, options));
    const measurements = await measureRounds(targets, options, tell);
    console.log(`\n## Speed\n\n${speedTable(measurements, options)}\n\n${generatorNote(measurements)}`);
    console.log(`Load average of the machine: ${loadNow()}.`);
    if (options.profileDir === undefined) return;
    console.log('\n## Where the time goes\n');
    for (const target of targets)
      console.log(`${await profileTarget(target, options.profileDir, options)}\n`);
  } finally {
    for (const target of targets) await target.close();
  }
}

async function startConnected(name: TargetName, options: Options): Promise<Target> {
  const target = await startTarget(name, options);
  await target.connect();
  return target;
}

async function measureMemory(names: readonly TargetName[], options: Options): Promise<void> {
  const idle = [];
  for (const name of names) idle.push(await measureIdle(name, options));
  console.log(`\n## Memory, ${options.idle} idle visitors\n\n${memoryTable(idle)}`);
}

async function printHead(options: Options): Promise<void> {
  const { senders, agents, rounds, seconds, seed } = options;
  const product = versionIn('../../../package.json');
  const socketIo = versionIn('../../../node_modules/socket.io/package.json');
  console.log(`# Relay: the whole pipeline against bare Socket.IO\n`);
  console.log(
    `node ${process.version}, socket.io ${socketIo}, product ${product}, ${await storeVersions(options)}`,
  );
  console.log(
    `${availableParallelism()} cores (${cpus()[0]?.model.trim()}), node options: ${options.nodeArguments.join(' ') || 'none'}, load average ${loadNow()}`,
  );
  console.log(
    `${senders} senders in as many conversations, ${agents} agents, ${RULES} redaction rules, messages of ${MESSAGE_LENGTH} characters, seed ${seed}; ${rounds} rounds of ${seconds} s a run after one that warms up; medians\n`,
  );
}

async function storeVersions({ stores, mongodbUri }: Options): Promise<string> {
  const versions: string[] = [];
  if (stores.includes('sqlite'))
    versions.push(`libsql ${versionIn('../../../node_modules/libsql/package.json')}`);
  if (stores.some((store) => store !== 'sqlite')) {
    const database = await openScratchDatabase(mongodbUri ?? '');
    versions.push(`MongoDB ${database.version}`);
    await database.close();
  }
  return versions.join(', ');
}

function versionIn(path: string): string {
  const file = new URL(path, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function loadNow(): string {
  return loadavg()
    .slice(0, 2)
    .map((load) => load.toFixed(1))
    .join(' ');
}

function tell({
  round,
  target,
  window,
  messagesPerSecond,
  ack,
  serverCpu,
  generatorBusy,
}: Measurement): void {
  console.error(
    `round ${round} ${target} x${window}: ${messagesPerSecond.toFixed(0)}/s, ack p50 ${ack.p50.toFixed(1)} p99 ${ack.p99.toFixed(1)} ms, CPU ${serverCpu.toFixed(4)} s per 1,000, generator busy ${generatorBusy.toFixed(2)}`,
  );
}

await main();
