import { pipeline } from 'node:stream/promises';
import { json, type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import { idSchema } from '../../../shared/schemas/common.ts';
import { Refusal } from '../../domain/index.ts';
import type { Audit, RefusedAccess } from '../../features/audit/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import { namedIn } from '../named-in.ts';
import { FileAnswer, type Route } from './define-route.ts';
import { clientOf, type Guard, type LetIn, type Principal } from './guard.ts';
import { parseWith } from './parse.ts';
import { redactBodyOf } from './redact-body.ts';
import { type UploadGate, uploadOf } from './uploads.ts';

const NO_QUERY = z.strictObject({});
const PREFLIGHT_SECONDS = 600;

export interface MountDeps {
  readonly guard: Guard;
  readonly refusals: Pick<RefusedAccess, 'noting'>;
  readonly audit: Pick<Audit, 'byStaff'>;
  readonly redactor: Pick<Redactor, 'rulesOf' | 'apply'>;
  readonly bodyMaxBytes: number;
  readonly uploads: UploadGate;
}

/** Puts a route into the router: admit, parse, redact, handle, answer. */
export function mountRoute(router: Router, route: Route, by: MountDeps): void {
  const { guard, refusals, audit, bodyMaxBytes, uploads } = by;
  const redactBody = redactor(route, by);
  const admit: RequestHandler = async (request, response, next) => {
    response.locals.route = `${route.method} ${route.path}`;
    if (route.crossOrigin) allowOrigin(request, response);
    response.locals.letIn = await guard.admit(route, request, clientOf(request));
    next();
  };
  const handle: RequestHandler = async (request, response) => {
    const letIn = response.locals.letIn as LetIn;
    const { principal } = letIn;
    const parsed = parse(route, request);
    const body = await redactBody(parsed.body, principal);
    const asked = { ...letIn, ...parsed, body, client: clientOf(request) };
    const data =
      principal === undefined
        ? await route.handler(asked)
        : await refusals.noting(
            { by: principal, what: `${route.method} ${route.path}`, target: aimOf(route, request) },
            () => route.handler(asked),
          );
    await note(route, request, { audit, principal });
    await answer(route, response, data);
  };
  if (route.crossOrigin) router.options(route.path, preflight);
  // The body is read after the caller is admitted: strangers cannot make the server take bodies in.
  router[route.method](
    route.path,
    admit,
    ...(route.body === undefined ? [] : [requireJson, readJson(route.bodyLimitBytes ?? bodyMaxBytes)]),
    ...(route.takesFile === undefined ? [] : uploads.handlers()),
    handle,
  );
}

/** What staff types into a name, a greeting or a reason goes through the account's rules before any use case sees it. */
function redactor(route: Route, { redactor: by }: Pick<MountDeps, 'redactor'>) {
  const redact = redactBodyOf(route.body);
  return async (body: unknown, principal: Principal): Promise<unknown> => {
    if (redact === undefined || principal === undefined || !('userId' in principal)) return body;
    const rules = await by.rulesOf(principal.accountId);
    return redact(body, (text) => by.apply(rules, text, { from: 'agent', place: 'message' }).text);
  };
}

/** What stands before the id in the path says what it is of: `site`, `conversation`. */
function targetOf({ path }: Route, { params }: Request): { kind: string; id: unknown } | undefined {
  const kind = /\/([a-z-]+?)s?\/:id\b/.exec(path)?.[1];
  return kind === undefined ? undefined : { kind, id: params.id };
}

/** Of a call without an id in its path, what its query or body names. */
function aimOf(route: Route, request: Request) {
  return targetOf(route, request) ?? namedIn(request.query) ?? namedIn(request.body);
}

/** What cannot be written down is not answered. */
async function note(
  route: Route,
  request: Request,
  by: { audit: Pick<Audit, 'byStaff'>; principal: Principal },
): Promise<void> {
  const { principal, audit } = by;
  if (route.audit === undefined || principal === undefined || !('userId' in principal)) return;
  const target = targetOf(route, request);
  await audit.byStaff(principal, {
    action: route.audit,
    ...(target !== undefined && { target: { kind: target.kind, id: String(target.id) } }),
  });
}

function parse(route: Route, request: Request) {
  return {
    params: parseParams(request.params),
    query: parseWith(route.query ?? NO_QUERY, { ...request.query }),
    body: route.body === undefined ? undefined : parseWith(route.body, request.body),
    upload: route.takesFile === undefined ? undefined : uploadOf(request),
  };
}

/** An id that cannot be one is an id that nothing has. */
function parseParams(params: Request['params']): Record<string, unknown> {
  for (const value of Object.values(params)) {
    if (!idSchema.safeParse(value).success) throw new Refusal('not_found');
  }
  return { ...params };
}

const requireJson: RequestHandler = (request, _response, next) => {
  if (!request.is('application/json')) {
    throw new Refusal('bad_request', { detail: 'Send a JSON body with Content-Type: application/json.' });
  }
  next();
};

function readJson(limit: number): RequestHandler {
  return json({
    limit,
    // A compressed body could unfold to far more than its size.
    inflate: false,
    strict: true,
    type: 'application/json',
    reviver: refusePrototypeKeys,
  });
}

function refusePrototypeKeys(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('a key that no body has');
  return value;
}

async function answer(route: Route, response: Response, data: unknown): Promise<void> {
  const { status } = route.answer;
  if (data instanceof FileAnswer) await sendFile(response.status(status), data);
  else if (status === 204) response.status(status).end();
  else response.status(status).json(data);
}

/** One that cannot be finished is cut off, so that it does not look whole. */
async function sendFile(response: Response, file: FileAnswer): Promise<void> {
  // A transcript as HTML must not run as a page of this origin, even when it is opened in place.
  response.set('Content-Security-Policy', "sandbox; default-src 'none'; style-src 'unsafe-inline'");
  response.attachment(file.fileName).set('Content-Type', file.contentType);
  if (typeof file.body === 'string') response.send(file.body);
  else if (file.body instanceof Uint8Array) response.send(Buffer.from(file.body));
  else await pipeline(file.body, response).catch(unlessClientLeft);
}

function unlessClientLeft(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
    throw error;
}

function allowOrigin(request: Request, response: Response): void {
  response.vary('Origin');
  const { foreignOrigin } = clientOf(request);
  if (foreignOrigin !== undefined) response.set('Access-Control-Allow-Origin', foreignOrigin);
}

/** The site, and so its list of origins, is in the body that follows; no cookie or token goes with either. */
const preflight: RequestHandler = (request, response) => {
  allowOrigin(request, response);
  response.set({
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': 'content-type',
    'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
  });
  response.status(204).end();
};
