import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GeneratorOrder, RunResult } from './load-plan.ts';

/** The load generator in a process of its own. */
export interface Generator {
  carryOut(order: Extract<GeneratorOrder, { do: 'run' }>): Promise<RunResult>;
  carryOut(order: GeneratorOrder): Promise<unknown>;
  close(): void;
}

export function startGenerator(): Generator {
  const child = fork(fileURLToPath(new URL('generator.js', import.meta.url)), {
    execArgv: ['--enable-source-maps'],
  });
  const carryOut = (order: GeneratorOrder): Promise<RunResult> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the generator ended'));
      child.once('exit', ended);
      child.once('message', (answer: { value?: RunResult; error?: string }) => {
        child.off('exit', ended);
        if (answer.error !== undefined) reject(new Error(answer.error));
        else resolve(answer.value as RunResult);
      });
      child.send(order);
    });
  return { carryOut, close: () => child.disconnect() };
}
