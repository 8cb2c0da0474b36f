import {
  accessGrantSchema,
  createAccessGrantSchema,
  pageQuerySchema,
  pageSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { AccessGrants } from '../../../features/access-grants/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Whom the account has let in for a time, and why. */
export function accessGrantRoutes(grants: AccessGrants): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/access-grants',
      summary: 'Access grants with when they were used, newest first; also those that have ended',
      authorization: 'access-grant:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(accessGrantSchema), description: 'A page of grants' },
      handler: ({ principal, query }) => grants.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/access-grants',
      summary: 'Let an operator in for a reason and at most seven days; nobody grants more than they may do',
      authorization: 'access-grant:write',
      limit: USER_LIMITS.write,
      body: createAccessGrantSchema,
      answer: { status: 201, schema: accessGrantSchema, description: 'The grant' },
      handler: ({ principal, body }) => grants.create(principal, body),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/access-grants/:id',
      summary: 'One access grant',
      authorization: 'access-grant:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: accessGrantSchema, description: 'The grant' },
      handler: ({ principal, params }) => grants.get(principal, params.id),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/access-grants/:id',
      summary: 'End a grant before its time, at once; its record stays',
      authorization: 'access-grant:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Ended' },
      handler: async ({ principal, params }) => {
        await grants.revoke(principal, params.id);
        return undefined;
      },
    }),
  ];
}
