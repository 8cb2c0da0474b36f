import { ERRORS, type ErrorCode, type Problem } from '../../../shared/protocol/index.ts';
import { Refusal } from '../../domain/index.ts';
import { IntegrityError, StoreError } from '../../ports/index.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** What a body parser's error is to the outside; anything that it does not name is a malformed request. */
const PARSER_REFUSALS: Readonly<Record<string, ErrorCode>> = { 'entity.too.large': 'payload_too_large' };

/** The refusal that an error stands for; undefined for one that nobody expected. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof IntegrityError) return new Refusal('transcript.tampered');
  if (error instanceof StoreError) return new Refusal('store.unavailable');
  if (isClientFault(error)) return new Refusal(PARSER_REFUSALS[error.type ?? ''] ?? 'bad_request');
  return undefined;
}

/** An error of Express or its body parser that names a 4xx status; its message may quote the request. */
function isClientFault(error: unknown): error is { status: number; type?: string } {
  if (!(error instanceof Error) || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

/** The body of the answer to a refusal (RFC 9457). */
export function problemOf(refusal: Refusal): Problem {
  const { status, help } = ERRORS[refusal.code];
  return {
    type: `urn:problem:${refusal.code}`,
    title: help,
    status,
    detail: refusal.message,
    code: refusal.code,
    ...(refusal.errors !== undefined && { errors: refusal.errors }),
  };
}

/** `Retry-After` in whole seconds, rounded up; undefined when waiting does not help. */
export function retryAfterSeconds(refusal: Refusal): number | undefined {
  return refusal.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(refusal.retryAfterMs / 1000));
}
