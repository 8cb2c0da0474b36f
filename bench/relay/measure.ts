import type { Usage } from '../support/probe.ts';
import type { RunOrder, RunResult } from './load-plan.ts';
import type { Options } from './options.ts';
import type { Target, TargetName } from './target.ts';

/** One run with what it cost. CPU times are in seconds per 1,000 messages. */
export interface Measurement extends RunResult {
  readonly target: TargetName;
  readonly window: number;
  readonly round: number;
  /** Of the server's process, all threads. */
  readonly serverCpu: number;
  /** Of the database's process, where it is apart and says so. */
  readonly databaseCpu: number | undefined;
  /** Share of the time in which the server's event loop was busy, 0 to 1; the tail after the run included. */
  readonly serverBusy: number;
}

/**
 * Runs every target in turn within each round, so that what else the machine does meets them all alike; the first,
 * shorter round warms up and is not among the answers.
 */
export async function measureRounds(
  targets: readonly Target[],
  options: Options,
  tell: (measurement: Measurement) => void,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    const seconds = round === 0 ? options.warmUpSeconds : options.seconds;
    for (const window of options.windows) {
      for (const target of targets) {
        const measurement = await measureRun(target, { window, seconds }, round);
        if (round === 0) continue;
        tell(measurement);
        measurements.push(measurement);
      }
    }
  }
  return measurements;
}

/** @throws Error when a message was refused, lost or out of order: then there is nothing to measure */
export async function measureRun(target: Target, run: RunOrder, round: number): Promise<Measurement> {
  const before = await target.server.usage();
  const databaseBefore = await target.databaseCpuSeconds();
  const result = await target.generator.carryOut({ do: 'run', run });
  const after = await target.server.usage();
  const databaseAfter = await target.databaseCpuSeconds();
  assertSound(target.name, result);
  const perThousand = (seconds: number): number => (seconds * 1_000) / result.sent;
  return {
    ...result,
    target: target.name,
    window: run.window,
    round,
    serverCpu: perThousand(after.cpuSeconds - before.cpuSeconds),
    databaseCpu:
      databaseBefore === undefined || databaseAfter === undefined
        ? undefined
        : perThousand(databaseAfter - databaseBefore),
    serverBusy: busyShare(before, after),
  };
}

function assertSound(name: TargetName, result: RunResult): void {
  const { sent, acked, delivered, refused, outOfOrder } = result;
  if (refused === 0 && outOfOrder === 0 && acked === sent && delivered === sent) return;
  const counts = JSON.stringify({ sent, acked, delivered, refused, outOfOrder });
  throw new Error(`${name}: messages were refused, lost or out of order: ${counts}`);
}

function busyShare(before: Usage, after: Usage): number {
  const active = after.loopActiveMs - before.loopActiveMs;
  return active / (active + after.loopIdleMs - before.loopIdleMs);
}
