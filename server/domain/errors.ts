import { ERRORS, type ErrorCode, type FieldFault } from '../../shared/protocol/index.ts';

export type { FieldFault };

/**
 * The server declines what was asked, for a reason from the closed table. `detail` is for a person and
 * holds nothing that the caller typed.
 */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldFault[] | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    more: { detail?: string; errors?: readonly FieldFault[]; retryAfterMs?: number } = {},
  ) {
    super(more.detail ?? ERRORS[code].help);
    this.name = 'Refusal';
    this.code = code;
    this.errors = more.errors;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** For a switch that has handled every case: does not compile when one is forgotten. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case of type ${typeof value}`);
}
