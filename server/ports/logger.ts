import type { ErrorCode } from '../../shared/protocol/index.ts';

declare const loggable: unique symbol;

/** A string that may stand in a log: an opaque id or a name from the code, never something a person typed. */
export type LogText = string & { readonly [loggable]: true };

/** What a log line may carry beside its message. A plain string cannot: it could be personal data. */
export type LogFields = Readonly<Record<string, number | boolean | LogText | ErrorCode | undefined>>;

/** Marks an opaque id, or a name that the code itself chose, as fit for a log. */
export function logId(id: string): LogText {
  return id as LogText;
}

/** Messages are constant texts; what varies stands in the fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Of `cause`, only its class, its code and its stack frames are written, never its message. */
  error(message: string, cause: unknown, fields?: LogFields): void;
  close(): Promise<void>;
}
