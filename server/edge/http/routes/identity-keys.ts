import {
  createdIdentityKeySchema,
  createIdentityKeySchema,
  identityKeySchema,
  pageQuerySchema,
  pageSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { Identities } from '../../../features/identity/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Keys that visitors' signed identities are checked with. A rotation adds one and removes the one before. */
export function identityKeyRoutes(identities: Identities): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/identity-keys',
      summary: 'Keys for signed identities, oldest first, without secrets',
      authorization: 'identity-key:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(identityKeySchema), description: 'A page of keys' },
      handler: ({ principal, query }) => identities.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/identity-keys',
      summary: 'Add a key; the secret of an HS256 key is made here and shown this once',
      authorization: 'identity-key:write',
      limit: USER_LIMITS.write,
      body: createIdentityKeySchema,
      answer: { status: 201, schema: createdIdentityKeySchema, description: 'The key' },
      refusals: ['conflict'],
      handler: ({ principal, body }) => identities.create(principal, body),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/identity-keys/:id',
      summary: 'Remove a key; what it signed is refused from here on',
      authorization: 'identity-key:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Removed' },
      handler: async ({ principal, params }) => {
        await identities.remove(principal, params.id);
        return undefined;
      },
    }),
  ];
}
