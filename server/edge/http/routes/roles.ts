import {
  authorizationSchema,
  changeRoleSchema,
  createRoleSchema,
  pageQuerySchema,
  pageSchema,
  roleSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { Roles } from '../../../features/roles/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** What can be allowed in an account, and the roles that allow it. */
export function roleRoutes(roles: Roles): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/authorizations',
      summary: 'Everything that a role can allow',
      authorization: 'role:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: pageSchema(authorizationSchema), description: 'The authorizations' },
      handler: async () => roles.authorizations(),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/roles',
      summary: 'Built-in roles, then those of the account, with what each adds up to and where it comes from',
      authorization: 'role:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(roleSchema), description: 'The roles' },
      handler: ({ principal, query }) => roles.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/roles',
      summary:
        'Make a role of authorizations and other roles; nobody makes one that allows more than they may do',
      authorization: 'role:write',
      limit: USER_LIMITS.write,
      body: createRoleSchema,
      answer: { status: 201, schema: roleSchema, description: 'The role' },
      refusals: ['already_exists', 'conflict', 'role.cycle', 'role.too_deep'],
      handler: ({ principal, body }) => roles.create(principal, body),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/roles/:id',
      summary: 'One role',
      authorization: 'role:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: roleSchema, description: 'The role' },
      handler: ({ principal, params }) => roles.get(principal, params.id),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/roles/:id',
      summary: 'Change a role; it counts at once for everyone who has it',
      authorization: 'role:write',
      limit: USER_LIMITS.write,
      body: changeRoleSchema,
      answer: { status: 200, schema: roleSchema, description: 'The role after the change' },
      refusals: [
        'already_exists',
        'conflict',
        'role.builtin',
        'role.cycle',
        'role.too_deep',
        'user.last_administrator',
      ],
      handler: ({ principal, params, body }) => roles.change(principal, params.id, body),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/roles/:id',
      summary: 'Remove a role that nobody has and no other role contains',
      authorization: 'role:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Removed' },
      refusals: ['role.builtin', 'role.in_use'],
      handler: async ({ principal, params }) => {
        await roles.remove(principal, params.id);
        return undefined;
      },
    }),
  ];
}
