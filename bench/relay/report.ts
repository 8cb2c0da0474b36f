import { median } from '../support/statistics.ts';
import { markdownTable } from '../support/table.ts';
import type { IdleMemory } from './idle-memory.ts';
import type { Measurement } from './measure.ts';
import type { Options } from './options.ts';
import type { TargetName } from './target.ts';

const HEAD = [
  'server',
  'in flight each',
  'messages/s',
  'of bare',
  'ack p50 ms',
  'ack p99 ms',
  'delivery p50 ms',
  'delivery p99 ms',
  'server CPU s per 1,000',
  'of bare',
  'database CPU s per 1,000',
  'server loop busy',
  'generator loop busy',
];

/** Above this the generator may be what limits the rate. */
const GENERATOR_BUSY_LIMIT = 0.9;

/** The table of medians over the rounds; ratios are medians of the rounds' own ratios. */
export function speedTable(measurements: readonly Measurement[], options: Options): string {
  const names = [...new Set(measurements.map(({ target }) => target))];
  const rows = options.windows.flatMap((window) => names.map((name) => speedRow(measurements, name, window)));
  return markdownTable(HEAD, rows);
}

function speedRow(all: readonly Measurement[], name: TargetName, window: number): string[] {
  const mine = all.filter(({ target, window: own }) => target === name && own === window);
  const bareOf = (round: number): Measurement | undefined =>
    all.find((one) => one.target === 'bare' && one.window === window && one.round === round);
  const middle = (value: (one: Measurement) => number, digits: number): string =>
    median(mine.map(value)).toFixed(digits);
  const ofBare = (value: (one: Measurement) => number): string =>
    middle((one) => value(one) / value(bareOf(one.round) ?? one), 2);
  const database = mine.every(({ databaseCpu }) => databaseCpu !== undefined);
  return [
    name,
    String(window),
    middle((one) => one.messagesPerSecond, 0),
    ofBare((one) => one.messagesPerSecond),
    middle((one) => one.ack.p50, 1),
    middle((one) => one.ack.p99, 1),
    middle((one) => one.delivery.p50, 1),
    middle((one) => one.delivery.p99, 1),
    middle((one) => one.serverCpu, 4),
    ofBare((one) => one.serverCpu),
    database ? middle((one) => one.databaseCpu ?? 0, 4) : '',
    middle((one) => one.serverBusy, 2),
    middle((one) => one.generatorBusy, 2),
  ];
}

/** Says whether the generator had time to spare in every run. */
export function generatorNote(measurements: readonly Measurement[]): string {
  const busiest = Math.max(...measurements.map(({ generatorBusy }) => generatorBusy));
  const share = `${(100 * busiest).toFixed(0)} %`;
  return busiest < GENERATOR_BUSY_LIMIT
    ? `The generator's event loop was busy ${share} of the time at the most: it did not set the pace.`
    : `The generator's event loop was busy ${share} of the time in one run: it may have set the pace there.`;
}

export function memoryTable(idle: readonly IdleMemory[]): string {
  const bare = idle.find(({ target }) => target === 'bare');
  const kilobytes = (bytes: number): string => (bytes / 1_024).toFixed(1);
  return markdownTable(
    ['server', 'RSS KB a visitor', 'of bare', 'heap KB a visitor', 'of bare'],
    idle.map(({ target, rss, held }) => [
      target,
      kilobytes(rss),
      (rss / (bare?.rss ?? rss)).toFixed(2),
      kilobytes(held),
      (held / (bare?.held ?? held)).toFixed(2),
    ]),
  );
}
