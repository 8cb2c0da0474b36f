import {
  apiTokenSchema,
  changeApiTokenSchema,
  createApiTokenSchema,
  createdApiTokenSchema,
  pageQuerySchema,
  pageSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { ApiTokens } from '../../../features/api-tokens/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Keys for scripts. */
export function apiTokenRoutes(apiTokens: ApiTokens): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/api-tokens',
      summary: 'API tokens, oldest first',
      authorization: 'api-token:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(apiTokenSchema), description: 'A page of tokens' },
      handler: ({ principal, query }) => apiTokens.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/api-tokens',
      summary: 'Make an API token, good for 90 days unless said otherwise; it is shown this once',
      authorization: 'api-token:write',
      limit: USER_LIMITS.write,
      body: createApiTokenSchema,
      answer: { status: 201, schema: createdApiTokenSchema, description: 'The token' },
      handler: ({ principal, body }) => apiTokens.create(principal, body),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/api-tokens/:id',
      summary: 'One API token; the token itself is not shown',
      authorization: 'api-token:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: apiTokenSchema, description: 'The token' },
      handler: ({ principal, params }) => apiTokens.get(principal, params.id),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/api-tokens/:id',
      summary: 'Change name, scopes, expiry or addresses of an API token',
      authorization: 'api-token:write',
      limit: USER_LIMITS.write,
      body: changeApiTokenSchema,
      answer: { status: 200, schema: apiTokenSchema, description: 'The token after the change' },
      refusals: ['conflict'],
      handler: ({ principal, params, body }) => apiTokens.change(principal, params.id, body),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/api-tokens/:id',
      summary: 'Remove an API token; it is refused from the next call on',
      authorization: 'api-token:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Removed' },
      handler: async ({ principal, params }) => {
        await apiTokens.remove(principal, params.id);
        return undefined;
      },
    }),
  ];
}
