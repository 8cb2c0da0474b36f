/**
 * The closed table of everything that can go wrong from a client's point of view. `status` is the HTTP
 * status; `retryable` tells a client that the very same call may succeed later; `help` is one line for a
 * person. `docs/ERRORS.md` is checked against it.
 */
export const ERRORS = {
  bad_request: {
    status: 400,
    retryable: false,
    help: 'The request is malformed: check its shape and types.',
  },
  'auth.required': {
    status: 401,
    retryable: false,
    help: 'Sign in first: there is no token, or it is not valid.',
  },
  'auth.token_expired': {
    status: 401,
    retryable: true,
    help: 'The access token has expired: refresh it and try again.',
  },
  'auth.invalid_credentials': { status: 401, retryable: false, help: 'The e-mail or the password is wrong.' },
  'auth.locked': { status: 429, retryable: true, help: 'Too many failed sign-ins: wait and try again.' },
  'auth.refresh_reused': {
    status: 401,
    retryable: false,
    help: 'This refresh token was used before; every session that came from it has ended.',
  },
  'auth.password_weak': {
    status: 422,
    retryable: false,
    help: 'This password is too easy to guess: choose another one.',
  },
  'auth.password_wrong': { status: 422, retryable: false, help: 'The current password is not right.' },
  'auth.code_wrong': {
    status: 422,
    retryable: false,
    help: 'The code is not right, is out of date, or was used before.',
  },
  'auth.challenge_expired': {
    status: 401,
    retryable: false,
    help: 'This step of the sign-in took too long, or the link is used up: begin again.',
  },
  'auth.second_factor_mandatory': {
    status: 409,
    retryable: false,
    help: 'An account that you work for asks for a second factor: it stays on.',
  },
  'auth.api_token_expired': {
    status: 401,
    retryable: false,
    help: 'The API token has expired: make a new one.',
  },
  'auth.address_not_allowed': {
    status: 403,
    retryable: false,
    help: 'This API token is not good from the address that you call from.',
  },
  'auth.identity_unknown': {
    status: 403,
    retryable: false,
    help: 'No user of this server is who the identity provider says you are: ask an administrator.',
  },
  'auth.provider_failed': {
    status: 502,
    retryable: true,
    help: 'The identity provider does not answer, or its answer does not hold: try again.',
  },
  'identity.rejected': {
    status: 422,
    retryable: false,
    help: 'The identity is not signed by a key of the account, has expired, never expires, or holds what is no field.',
  },
  'visitor.not_invitable': {
    status: 409,
    retryable: false,
    help: 'The visitor has an open invitation, is in a chat, or is gone.',
  },
  'auth.site_unknown': { status: 401, retryable: false, help: 'No site has this site key.' },
  forbidden: { status: 403, retryable: false, help: 'You are signed in but not allowed to do this.' },
  'transport.insecure': { status: 403, retryable: false, help: 'This server takes TLS connections only.' },
  not_found: { status: 404, retryable: false, help: 'There is nothing here, or it is not yours.' },
  conflict: { status: 409, retryable: true, help: 'It was changed meanwhile: read it again and repeat.' },
  already_exists: { status: 409, retryable: false, help: 'Something with this name or key exists already.' },
  'conversation.taken': { status: 409, retryable: false, help: 'Another agent has this conversation.' },
  'conversation.closed': { status: 409, retryable: false, help: 'The conversation is closed.' },
  'agent.at_capacity': {
    status: 409,
    retryable: true,
    help: 'You have as many chats as your capacity allows.',
  },
  'agent.offline': { status: 409, retryable: false, help: 'Set your presence to online first.' },
  'user.last_administrator': {
    status: 409,
    retryable: false,
    help: 'An account keeps at least one administrator: make another one first.',
  },
  'role.builtin': {
    status: 409,
    retryable: false,
    help: 'Roles that come with the product stay as they are.',
  },
  'role.in_use': {
    status: 409,
    retryable: false,
    help: 'Someone has this role, or another role contains it: take it away there first.',
  },
  'attachment.limit': {
    status: 409,
    retryable: false,
    help: 'The conversation has as many files as it may have.',
  },
  'legal_hold.active': {
    status: 409,
    retryable: false,
    help: 'A legal hold keeps this: it cannot be erased until the hold is released.',
  },
  'department.in_use': {
    status: 409,
    retryable: true,
    help: 'Conversations wait in this department: let them be answered or closed first.',
  },
  payload_too_large: { status: 413, retryable: false, help: 'The request is larger than this server takes.' },
  invalid_value: {
    status: 422,
    retryable: false,
    help: 'The request is well formed but a value is not allowed.',
  },
  'message.too_long': { status: 422, retryable: false, help: 'The message is longer than the limit.' },
  'attachment.disabled': { status: 422, retryable: false, help: 'This account takes no files.' },
  'attachment.type_refused': {
    status: 422,
    retryable: false,
    help: 'This kind of file is not taken, or the file is not what its name and type say.',
  },
  'profile.field_not_allowed': {
    status: 422,
    retryable: false,
    help: "The account's data-processing agreement does not list this field; nothing was kept.",
  },
  'redaction.pattern_unsupported': {
    status: 422,
    retryable: false,
    help: 'The pattern cannot run in linear time (look-around and back-references are refused) or is not valid.',
  },
  'redaction.example_failed': {
    status: 422,
    retryable: false,
    help: "One of the rule's own examples does not behave as it says.",
  },
  'role.cycle': { status: 422, retryable: false, help: 'Roles would contain one another in a circle.' },
  'role.too_deep': { status: 422, retryable: false, help: 'Too many roles would stand one inside another.' },
  'department.unknown': {
    status: 422,
    retryable: false,
    help: 'The account has no such department.',
  },
  'account.region_mismatch': {
    status: 422,
    retryable: false,
    help: 'The account belongs to another region than this deployment.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    help: 'Too many requests: wait as long as Retry-After says.',
  },
  'session.limit': {
    status: 429,
    retryable: true,
    help: 'The site has as many visitor sessions as it allows.',
  },
  internal: { status: 500, retryable: true, help: 'Something failed on the server; it was logged.' },
  'transcript.tampered': {
    status: 500,
    retryable: false,
    help: 'The stored transcript fails its integrity check and is not served.',
  },
  'record.tampered': {
    status: 500,
    retryable: false,
    help: 'A stored record fails its integrity check and is not used.',
  },
  'store.unavailable': {
    status: 503,
    retryable: true,
    help: 'The database does not answer: try again shortly.',
  },
  shutting_down: { status: 503, retryable: true, help: 'The server is stopping: reconnect in a moment.' },
} as const satisfies Record<string, { status: number; retryable: boolean; help: string }>;

/** A code from the closed table {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

/** One fault in a payload: where, and what is wrong. Never holds the value. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
  /** Index into the text at `path`, in UTF-16 units, where one place of it is at fault. */
  readonly position?: number;
}

/** The error half of every socket acknowledgement. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  /** Where in the payload the fault lies, when it does. */
  readonly errors?: readonly FieldFault[];
  /** Milliseconds to wait before the next try, with `rate_limited`. */
  readonly retryAfterMs?: number;
}

/** What every client event is answered with. */
export type Ack<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly error: WireError };
