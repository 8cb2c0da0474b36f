import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 86_400_000;
const LOG_FILE = /^server-(\d{4}-\d{2}-\d{2})\.log$/;

/** The pattern that winston fills with the UTC date. */
export const LOG_FILE_PATTERN = 'server-%DATE%.log';

/**
 * Deletes the log files whose first line may be `retentionDays` old: a file holds one day (UTC), and its name says
 * which. So no line outlives the retention, and what is kept covers the whole of the last `retentionDays - 1` days.
 * @returns how many were deleted
 */
export function purgeLogFiles(options: { dir: string; retentionDays: number; now: number }): number {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const old = readdirSync(options.dir).filter((name) => {
    const startsAt = Date.parse(LOG_FILE.exec(name)?.[1] ?? '');
    return options.now - startsAt >= options.retentionDays * DAY_MS;
  });
  for (const name of old) rmSync(join(options.dir, name), { force: true });
  return old.length;
}
