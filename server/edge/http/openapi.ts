import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { API_BASE, ERRORS, type ErrorCode, UPLOAD_HEADERS } from '../../../shared/protocol/index.ts';
import { problemSchema } from '../../../shared/schemas/rest/index.ts';
import type { Route, RouteAnswer } from './define-route.ts';
import { PROBLEM_TYPE } from './problem.ts';

const BEARER = 'bearer';
const JSON_TYPE = 'application/json';

/** The OpenAPI 3.1 document of the routes: made from the very records that are mounted. */
export function openApiDocument(routes: readonly Route[], version: string) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', BEARER, {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  for (const route of routes) registry.registerPath(pathOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Engagement server', version },
    servers: [{ url: API_BASE }],
  });
}

function pathOf(route: Route): RouteConfig {
  const { method, path, summary, authorization } = route;
  return {
    method,
    path: path.replace(/:(\w+)/g, '{$1}'),
    summary,
    description: authorizationText(route),
    tags: [tagOf(path)],
    security: authorization === 'public' ? [] : [{ [BEARER]: [] }],
    request: {
      ...paramsOf(path),
      ...(route.query !== undefined && { query: objectPart(route.query) }),
      ...(route.body !== undefined && {
        body: { required: true, content: { [JSON_TYPE]: { schema: route.body } } },
      }),
      ...(route.takesFile !== undefined && FILE_REQUEST),
    },
    responses: { [route.answer.status]: answerOf(route.answer), ...problemsOf(route) },
  };
}

const FILE_SCHEMA = z.string().meta({ format: 'binary' });
const FILE_REQUEST: RouteConfig['request'] = {
  headers: z.object({
    [UPLOAD_HEADERS.fileName]: z.string().meta({ description: 'Percent-encoded UTF-8' }),
    [UPLOAD_HEADERS.clientId]: z.string().meta({ description: "The client's own id of the message" }),
  }),
  body: { required: true, content: { '*/*': { schema: FILE_SCHEMA } } },
};

function authorizationText({ authorization }: Route): string {
  if (authorization === 'public') return 'Anyone may call it.';
  if (authorization === 'own-session') return 'A visitor may call it, with the token of their session.';
  if (authorization === 'signed-in') return 'Any signed-in user may call it.';
  return `Needs the authorization \`${authorization}\`.`;
}

/** The first word of the path that is not the account. */
function tagOf(path: string): string {
  return path.replace('/accounts/:a/', '/').split('/')[1] ?? 'accounts';
}

function paramsOf(path: string): { params?: z.ZodObject } {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  if (names.length === 0) return {};
  return { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) };
}

/** Query schemas are objects, some with a check on top. */
function objectPart(schema: z.ZodType): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new Error('a query schema must be an object');
}

/** Of exports. */
const FILE_TYPES = [JSON_TYPE, 'text/html', 'text/plain'];

function answerOf(answer: RouteAnswer): RouteConfig['responses'][string] {
  if ('schema' in answer) {
    return { description: answer.description, content: { [JSON_TYPE]: { schema: answer.schema } } };
  }
  if (!('file' in answer)) return { description: answer.description };
  const file = { schema: z.string() };
  return {
    description: answer.description,
    content: Object.fromEntries((answer.contentTypes ?? FILE_TYPES).map((type) => [type, file])),
  };
}

/** Every code that the route can answer, by status. */
function problemsOf(route: Route): RouteConfig['responses'] {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...edgeRefusals(route), ...(route.refusals ?? [])])) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${ERRORS[code].help}`).join('\n\n'),
        content: { [PROBLEM_TYPE]: { schema: problemSchema } },
      },
    ]),
  );
}

/** What the edge itself refuses, whatever the use case does. */
function edgeRefusals(route: Route): readonly ErrorCode[] {
  const { authorization } = route;
  return [
    'rate_limited',
    'internal',
    'store.unavailable',
    'invalid_value',
    ...(route.body === undefined && route.takesFile === undefined
      ? []
      : (['bad_request', 'payload_too_large'] as const)),
    ...(authorization === 'public' ? [] : (['auth.required', 'auth.token_expired'] as const)),
    ...(['public', 'own-session', 'signed-in'].includes(authorization) ? [] : (['forbidden'] as const)),
    ...(route.path.includes(':') ? (['not_found'] as const) : []),
  ];
}
