import type { ErrorCode, FieldFault, Problem } from '../../shared/protocol/index.ts';

/**
 * A REST call that was refused or never answered. `code` is from the server's closed table, or `network` when
 * no answer came. `message` is fit to be shown to a person.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode | 'network';
  readonly faults: readonly FieldFault[];
  /** Milliseconds to wait before the next try, when the server said so. */
  readonly retryAfterMs: number | undefined;

  constructor(about: {
    status: number;
    code: ErrorCode | 'network';
    detail: string;
    faults?: readonly FieldFault[] | undefined;
    retryAfterMs?: number | undefined;
  }) {
    super(about.detail);
    this.name = 'ApiError';
    this.status = about.status;
    this.code = about.code;
    this.faults = about.faults ?? [];
    this.retryAfterMs = about.retryAfterMs;
  }

  /** What is wrong at a path such as `pattern`, if the server named it. */
  faultAt(path: string): string | undefined {
    return this.faults.find((fault) => fault.path === path || fault.path.startsWith(`${path}.`))?.message;
  }
}

/** The error for a request that got no answer. */
export function networkError(): ApiError {
  return new ApiError({
    status: 0,
    code: 'network',
    detail: 'The server cannot be reached. Check the connection and try again.',
  });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

/** Reads an answer that is not a success into an {@link ApiError}; anything unexpected becomes `internal`. */
export async function errorFrom(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(retryAfterS) ? retryAfterS * 1000 : undefined;
  if (!isProblem(body)) {
    const detail = `The server answered with status ${response.status}.`;
    return new ApiError({ status: response.status, code: 'internal', detail, retryAfterMs });
  }
  return new ApiError({
    status: response.status,
    code: body.code,
    detail: body.detail,
    faults: body.errors,
    retryAfterMs,
  });
}

/** What to show a person for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError ? error.message : 'Something went wrong here. Try again.';
}
