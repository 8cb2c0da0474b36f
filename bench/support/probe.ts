import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';

/**
 * Loaded into a measured child with `--import`, beside whatever program it runs: answers over the message channel
 * what the process has used, and profiles its main thread from one message to another. Needs `--expose-gc`.
 */
export type ProbeQuestion =
  | { readonly ask: 'usage' }
  | { readonly ask: 'memory' }
  | { readonly ask: 'lag' }
  | { readonly ask: 'profile-start' }
  | { readonly ask: 'profile-stop'; readonly file: string };

export interface Usage {
  /** Of all threads. */
  readonly cpuSeconds: number;
  /** Of the main thread's event loop since the process started. */
  readonly loopActiveMs: number;
  readonly loopIdleMs: number;
}

/** Bytes, after a full collection. */
export interface Memory {
  readonly rss: number;
  /** JavaScript heap and what it holds outside. */
  readonly held: number;
}

/** How late the event loop came back since the last question, in milliseconds. */
export interface Lag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Milliseconds between two looks; the delay counts from there. */
const LAG_RESOLUTION_MS = 10;
const delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
delays.enable();

let profiler: Session | undefined;

async function answer(question: ProbeQuestion): Promise<unknown> {
  switch (question.ask) {
    case 'usage':
      return usage();
    case 'memory':
      return memory();
    case 'lag':
      return lag();
    case 'profile-start':
      return startProfile();
    case 'profile-stop':
      return stopProfile(question.file);
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const { active, idle } = performance.eventLoopUtilization();
  return { cpuSeconds: (user + system) / 1e6, loopActiveMs: active, loopIdleMs: idle };
}

function memory(): Memory {
  // The second one takes what finalizers of the first let go.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, held: heapUsed + external };
}

function lag(): Lag {
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - LAG_RESOLUTION_MS);
  const answer = {
    p50: late(delays.percentile(50)),
    p99: late(delays.percentile(99)),
    max: late(delays.max),
  };
  delays.reset();
  return answer;
}

async function startProfile(): Promise<true> {
  profiler = new Session();
  profiler.connect();
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.setSamplingInterval', { interval: 500 });
  await profiler.post('Profiler.start');
  return true;
}

async function stopProfile(file: string): Promise<true> {
  const answered = await profiler?.post('Profiler.stop');
  profiler?.disconnect();
  profiler = undefined;
  writeFileSync(file, JSON.stringify(answered?.profile));
  return true;
}

process.on('message', (question: ProbeQuestion) => {
  answer(question).then(
    (value) => process.send?.({ value }),
    (error) => process.send?.({ error: String(error) }),
  );
});
// The program beside it decides when the process ends.
process.channel?.unref();
