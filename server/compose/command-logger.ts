import type { Logger, Metrics } from '../ports/index.ts';

/** Constant texts alone. */
export function commandLogger(write: (line: string) => void): Logger {
  return {
    debug: () => {},
    info: () => {},
    warn: write,
    error: (message) => write(message),
    close: async () => {},
  };
}

/** A command is over before anybody could ask. */
export const NO_METRICS: Pick<Metrics, 'count'> = { count: () => {} };
