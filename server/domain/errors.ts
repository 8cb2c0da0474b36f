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
  /** What was named by an id and is not there, or not the caller's to name, where that is not what the call is about. */
  readonly missing: Missing | undefined;

  constructor(
    code: ErrorCode,
    more: {
      detail?: string;
      errors?: readonly FieldFault[];
      retryAfterMs?: number;
      missing?: Missing | undefined;
    } = {},
  ) {
    super(more.detail ?? ERRORS[code].help);
    this.name = 'Refusal';
    this.code = code;
    this.errors = more.errors;
    this.retryAfterMs = more.retryAfterMs;
    this.missing = more.missing;
  }
}

/** An id that nothing has which the caller may name. */
export interface Missing {
  readonly kind: string;
  readonly id: string;
}

/** For ids in a body. That there is no such thing and that it is another account's are not told apart. */
export function nothingSuch(
  faults: readonly (Missing & { readonly path: string })[],
  message = 'there is no such thing',
): Refusal {
  const errors = faults.map(({ path }) => ({ path, message }));
  return new Refusal('invalid_value', { errors, missing: faults[0] });
}

/** For a switch that has handled every case: does not compile when one is forgotten. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case of type ${typeof value}`);
}
