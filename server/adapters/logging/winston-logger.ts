import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import winston from 'winston';
import DailyRotateFile from 'winston-daily-rotate-file';
import type { Clock, LogFields, Logger } from '../../ports/index.ts';
import { describeCause } from './describe-cause.ts';
import { LOG_FILE_PATTERN, purgeLogFiles } from './log-files.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LoggerOptions {
  /** Folder of the log files; made when it is not there. */
  readonly dir: string;
  readonly level: LogLevel;
  /** A line lives shorter than this. */
  readonly retentionDays: number;
  readonly clock: Clock;
  /** Where warnings and errors go as well; the process's own stderr by default. */
  readonly stderr?: Writable;
  /** Stack frames are written relative to this folder; the working directory by default. */
  readonly projectRoot?: string;
}

const LEVELS = { error: 0, warn: 1, info: 2, debug: 3 };
/** Retention is promised to within two minutes. */
const PURGE_EVERY_MS = 60_000;
/** Ids and names from the code look like this; addresses (with `@`, or four numbers) do not. */
const LOG_TEXT = /^(?!\d+(?:\.\d+){3}$)[\w.-]{1,80}$/;

/**
 * Logs JSON lines to a file a day, and warnings and errors to stderr too. stdout is left to what the server tells
 * the person who started it.
 */
export function createLogger(options: LoggerOptions): Logger {
  return new WinstonLogger(options);
}

class WinstonLogger implements Logger {
  readonly #winston: winston.Logger;
  readonly #file: LogFile;
  readonly #options: LoggerOptions;
  readonly #stderr: Writable;
  readonly #stopPurging: () => void;

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#stderr = options.stderr ?? process.stderr;
    purgeLogFiles({ ...options, now: options.clock.now() });
    this.#file = openLogFile(options.dir, () => this.#lost());
    this.#winston = winston.createLogger({
      levels: LEVELS,
      level: options.level,
      format: winston.format.printf(({ level, message, time, ...rest }) =>
        JSON.stringify({ time, level, message, ...rest }),
      ),
      transports: [
        this.#file.transport,
        new winston.transports.Stream({ stream: this.#stderr, level: 'warn' }),
      ],
      exitOnError: false,
    });
    this.#winston.on('error', () => this.#lost());
    this.#stopPurging = options.clock.every(PURGE_EVERY_MS, () => this.#purge());
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, cause: unknown, fields?: LogFields): void {
    const error = describeCause(cause, this.#options.projectRoot ?? process.cwd());
    this.#write('error', message, fields, { error });
  }

  /** Resolves when every line is in its file. */
  async close(): Promise<void> {
    this.#stopPurging();
    const handedOver = finished(this.#file.transport);
    this.#winston.end();
    await handedOver;
    await this.#file.close();
  }

  #write(level: LogLevel, message: string, fields: LogFields = {}, more: object = {}): void {
    const time = new Date(this.#options.clock.now()).toISOString();
    this.#winston.log({ ...safeFields(fields), ...more, level, message, time });
  }

  #purge(): void {
    try {
      purgeLogFiles({ ...this.#options, now: this.#options.clock.now() });
    } catch (error) {
      this.error('old log files could not be deleted', error);
    }
  }

  /** A full disk must not end the chats: the server goes on without the log file and says so where it still can. */
  #lost(): void {
    this.#stderr.write('{"level":"error","message":"a log line could not be written"}\n');
  }
}

interface LogFile {
  readonly transport: DailyRotateFile;
  /** Resolves when what was written is in the file, or never can be. */
  close(): Promise<void>;
}

/** The stream below the transport, which the transport's types do not name. */
interface FileStream extends NodeJS.EventEmitter {
  end(): void;
}

function openLogFile(dir: string, onError: () => void): LogFile {
  const transport = new DailyRotateFile({
    dirname: dir,
    filename: LOG_FILE_PATTERN,
    datePattern: 'YYYY-MM-DD',
    utc: true,
    options: { flags: 'a', mode: 0o600 },
  });
  const stream = (transport as unknown as { logStream: FileStream }).logStream;
  let failed = false;
  transport.on('error', onError);
  // A full disk or a lost folder is reported here, and an 'error' that nobody hears ends the process.
  stream.on('error', () => {
    failed = true;
    onError();
  });
  const close = async (): Promise<void> => {
    if (failed) return;
    const closed = new Promise<void>((resolve) => stream.once('close', resolve));
    stream.end();
    await closed;
  };
  return { transport, close };
}

/** The types let no personal data come this far; a cast could, so that a text which looks like some is left out. */
function safeFields(fields: LogFields): Record<string, unknown> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      typeof value === 'string' && !LOG_TEXT.test(value) ? '[left out]' : value,
    ]),
  );
}
