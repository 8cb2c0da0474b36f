import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page, WireVisitor } from '../../shared/protocol/index.ts';
import { callRest, type StaffSession, signIn } from '../../tests/process/rest-client.ts';
import { ADMIN, productEnvironment } from '../relay/product.ts';
import { type MeasuredProcess, startMeasured } from '../support/measured-process.ts';
import { markdownTable } from '../support/table.ts';
import type { BrowseResult, GeneratorOrder } from './plan.ts';
import { engagementRules } from './rules.ts';

const USAGE = `npm run bench visitors [options]
  --visitors N    connected visitors (10000)
  --seconds N     how long they browse (60)
  --pause N       mean seconds of one visitor between two events (10)
  --rules N       engagement rules, of four conditions each (100)
  --node OPTION   an option of Node itself for the server, such as --node=--max-semi-space-size=32
  --profile FILE  a CPU profile of the server while they browse (.cpuprofile); slows it down
  --seed N        of the traffic`;

/** Visitors who browse on one node with rules on: nothing may be lost, and the event loop must stay free. */
async function run(): Promise<void> {
  const options = readOptions();
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-visitors-'));
  const env = { ...productEnvironment({ dataDir }), SESSIONS_PER_SITE: '20000' };
  const server = await startMeasured('dist/server/main.js', { env, nodeArguments: options.node });
  const generator = startGenerator();
  try {
    const staff = await signIn(server.url, ADMIN);
    await publishRules(server.url, staff, options.rules);
    const before = await server.memory();
    await generator.carryOut({ do: 'connect', url: server.url, visitors: options.visitors });
    const { seed, seconds, pause, profile } = options;
    const browse = () =>
      generator.carryOut({ do: 'browse', plan: { seed, seconds, meanPauseMs: pause * 1_000 } });
    const measured = await measure(server, () =>
      profile === undefined ? browse() : server.profiled(profile, browse),
    );
    const kept = await pagesSeen(server.url, staff);
    const held = (await server.memory()).held - before.held;
    report(options, { ...measured, kept, heldBytes: held / options.visitors });
  } finally {
    generator.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Measured {
  readonly traffic: BrowseResult;
  readonly cpuSeconds: number;
  readonly busyShare: number;
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

async function measure(server: MeasuredProcess, browse: () => Promise<unknown>): Promise<Measured> {
  const before = await server.usage();
  await server.lag();
  const traffic = (await browse()) as BrowseResult;
  const lagMs = await server.lag();
  const after = await server.usage();
  const active = after.loopActiveMs - before.loopActiveMs;
  const idle = after.loopIdleMs - before.loopIdleMs;
  return {
    traffic,
    lagMs,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    busyShare: active / (active + idle),
  };
}

/** The draft is filled first and published once. */
async function publishRules(url: string, { accountId, token }: StaffSession, count: number): Promise<void> {
  const path = `/accounts/${accountId}`;
  const settings = { engagement: { publishing: 'manual' } };
  await callRest(url, { method: 'PATCH', path: `${path}/settings`, token, body: settings });
  for (const body of engagementRules(count)) {
    await callRest(url, { path: `${path}/engagement-rules`, token, body });
  }
  await callRest(url, { path: `${path}/engagement-rule-versions`, token, body: {} });
}

/** Page views that the server knows of, over all live visitors. */
async function pagesSeen(url: string, { accountId, token }: StaffSession): Promise<number> {
  let pages = 0;
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `&cursor=${cursor}`;
    const path = `/accounts/${accountId}/visitors?limit=200${query}`;
    const page = await callRest<Page<WireVisitor>>(url, { path, token });
    for (const { pageViews } of page.items) pages += pageViews;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages;
}

function report(options: Options, result: Measured & { kept: number; heldBytes: number }): void {
  const { traffic, lagMs, cpuSeconds, busyShare, kept, heldBytes } = result;
  const lost = traffic.sent - traffic.acknowledged;
  const rows: [string, string][] = [
    ['visitors, rules', `${options.visitors}, ${options.rules}`],
    ['events sent, each second', `${traffic.sent}, ${(traffic.sent / options.seconds).toFixed(0)}`],
    ['not acknowledged, refused, cut off', `${lost}, ${traffic.refused}, ${traffic.cut}`],
    ['page views sent, known to the server', `${traffic.pages}, ${kept}`],
    ['invitations', String(traffic.invitations)],
    ['answer p50, p99 (ms)', `${traffic.answerMs.p50.toFixed(1)}, ${traffic.answerMs.p99.toFixed(1)}`],
    [
      'event-loop delay p50, p99, max (ms)',
      `${lagMs.p50.toFixed(1)}, ${lagMs.p99.toFixed(1)}, ${lagMs.max.toFixed(1)}`,
    ],
    ['event loop busy', `${(busyShare * 100).toFixed(0)} %`],
    ['CPU of the process for one event (µs)', ((cpuSeconds * 1e6) / traffic.sent).toFixed(0)],
    ['memory for one visitor, socket and all (bytes)', heldBytes.toFixed(0)],
  ];
  console.log(`Node ${process.version}, ${cpus().length} cores, seed ${options.seed}\n`);
  console.log(markdownTable(['', 'measured'], rows));
  if (lost > 0 || kept !== traffic.pages) throw new Error('events were lost');
}

interface Options {
  readonly visitors: number;
  readonly seconds: number;
  readonly pause: number;
  readonly rules: number;
  readonly seed: number;
  readonly profile: string | undefined;
  readonly node: readonly string[];
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const options = {
    visitors: text,
    seconds: text,
    pause: text,
    rules: text,
    seed: text,
    profile: text,
    node: { ...text, multiple: true },
  } as const;
  const { values } = parseArgs({ args: process.argv.slice(2), options });
  const number = (given: string | undefined, otherwise: number): number => {
    const value = given === undefined ? otherwise : Number(given);
    if (!Number.isFinite(value) || value < 0) throw new Error(USAGE);
    return value;
  };
  return {
    visitors: number(values.visitors, 10_000),
    seconds: number(values.seconds, 60),
    pause: number(values.pause, 10),
    rules: number(values.rules, 100),
    seed: number(values.seed, 20_260_101),
    profile: values.profile,
    node: values.node ?? [],
  };
}

function startGenerator() {
  const child = fork(fileURLToPath(new URL('generator.js', import.meta.url)), {
    execArgv: ['--enable-source-maps'],
  });
  const carryOut = (order: GeneratorOrder): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the generator ended'));
      child.once('exit', ended);
      child.once('message', (answer: { value?: unknown; error?: string }) => {
        child.off('exit', ended);
        if (answer.error !== undefined) reject(new Error(answer.error));
        else resolve(answer.value);
      });
      child.send(order);
    });
  return { carryOut, close: () => child.disconnect() };
}

await run();
