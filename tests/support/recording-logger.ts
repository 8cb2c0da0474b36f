import type { LogFields, Logger } from '../../server/ports/index.ts';

export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields | undefined;
  readonly cause?: unknown;
}

/** Keeps log lines for a test to look at, and prints nothing. */
export class RecordingLogger implements Logger {
  readonly lines: LoggedLine[] = [];

  debug(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'debug', message, fields });
  }

  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, cause: unknown, fields?: LogFields): void {
    this.lines.push({ level: 'error', message, fields, cause });
  }

  async close(): Promise<void> {}
}
