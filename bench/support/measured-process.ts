import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { type ServerProcess, startServer } from '../../tests/process/server-process.ts';
import type { Lag, Memory, ProbeQuestion, Usage } from './probe.ts';

/** A server in a child process with the probe in it. */
export interface MeasuredProcess extends ServerProcess {
  usage(): Promise<Usage>;
  memory(): Promise<Memory>;
  /** Delay of the event loop since the last question. */
  lag(): Promise<Lag>;
  /** Profiles the main thread while the work runs, into a `.cpuprofile` file. */
  profiled<T>(file: string, work: () => Promise<T>): Promise<T>;
}

const PROBE = 'dist/bench/support/probe.js';

/** Starts a built program that prints the `ready` line, with the probe beside it. */
export async function startMeasured(
  program: string,
  options: {
    readonly env: Readonly<Record<string, string>>;
    /** Options of Node itself. */
    readonly nodeArguments: readonly string[];
  },
): Promise<MeasuredProcess> {
  const probe = pathToFileURL(join(process.cwd(), PROBE)).href;
  const server = await startServer({
    program,
    env: options.env,
    ipc: true,
    nodeArguments: ['--enable-source-maps', '--expose-gc', '--import', probe, ...options.nodeArguments],
  });
  const ask = <Answer>(question: ProbeQuestion) => askProbe<Answer>(server, question);
  return {
    ...server,
    usage: () => ask<Usage>({ ask: 'usage' }),
    memory: () => ask<Memory>({ ask: 'memory' }),
    lag: () => ask<Lag>({ ask: 'lag' }),
    profiled: async (file, work) => {
      await ask({ ask: 'profile-start' });
      const result = await work();
      await ask({ ask: 'profile-stop', file });
      return result;
    },
  };
}

/** One question at a time: answers carry no number. */
function askProbe<Answer>({ child }: ServerProcess, question: ProbeQuestion): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the measured process ended'));
    child.once('exit', ended);
    child.once('message', (message: { value?: Answer; error?: string }) => {
      child.off('exit', ended);
      if (message.error !== undefined) reject(new Error(message.error));
      else resolve(message.value as Answer);
    });
    child.send(question);
  });
}
