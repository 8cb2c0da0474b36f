import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { type SelfTime, summariseProfile } from '../support/cpu-profile.ts';
import { markdownTable } from '../support/table.ts';
import { measureRun } from './measure.ts';
import type { Options } from './options.ts';
import type { Target } from './target.ts';

const MODULES_SHOWN = 25;
const FUNCTIONS_SHOWN = 40;

/** Profiles one run of its own, outside of the measured rounds, and tells where the main thread's time went. */
export async function profileTarget(target: Target, dir: string, options: Options): Promise<string> {
  mkdirSync(dir, { recursive: true });
  const window = Math.max(...options.windows);
  const file = join(dir, `relay-${target.name}.cpuprofile`);
  const { sent } = await target.server.profiled(file, () =>
    measureRun(target, { window, seconds: options.seconds }, 0),
  );
  const { busyMs, idleMs, modules, functions } = summariseProfile(file, process.cwd());
  const table = (what: string, times: readonly SelfTime[]): string =>
    markdownTable(
      [what, 'self ms', 'share', 'us a message'],
      times.map(({ name, ms, share }) => [
        name,
        ms.toFixed(0),
        `${(100 * share).toFixed(1)} %`,
        ((1_000 * ms) / sent).toFixed(2),
      ]),
    );
  return [
    `### ${target.name}, ${window} in flight: main thread busy ${busyMs.toFixed(0)} ms, idle ${idleMs.toFixed(0)} ms, ${sent} messages (${relative(process.cwd(), file)})`,
    table('module', modules.slice(0, MODULES_SHOWN)),
    table('function', functions.slice(0, FUNCTIONS_SHOWN)),
  ].join('\n\n');
}
