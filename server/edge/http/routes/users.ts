import {
  changeUserSchema,
  createUserSchema,
  pageQuerySchema,
  pageSchema,
  userSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { Private } from '../../../domain/index.ts';
import type { Staff } from '../../../features/staff/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Staff of the account. */
export function userRoutes(staff: Staff): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/users',
      summary: 'Users, oldest first',
      audit: 'user.listed',
      authorization: 'user:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(userSchema), description: 'A page of users' },
      handler: ({ principal, query }) => staff.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/users',
      summary: 'Add a user; roles are keys of built-in ones or ids, and can be limited to departments',
      authorization: 'user:write',
      limit: USER_LIMITS.heavy,
      body: createUserSchema,
      answer: { status: 201, schema: userSchema, description: 'The user' },
      refusals: ['already_exists', 'auth.password_weak', 'forbidden'],
      handler: ({ principal, body }) =>
        staff.create(principal, { ...body, password: new Private(body.password) }),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/users/:id',
      summary: 'One user',
      audit: 'user.read',
      authorization: 'user:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: userSchema, description: 'The user' },
      handler: ({ principal, params }) => staff.get(principal, params.id),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/users/:id',
      summary: 'Change a user; a new password or disabling ends their sign-ins',
      authorization: 'user:write',
      limit: USER_LIMITS.heavy,
      body: changeUserSchema,
      answer: { status: 200, schema: userSchema, description: 'The user after the change' },
      refusals: ['auth.password_weak', 'conflict', 'forbidden', 'user.last_administrator'],
      handler: ({ principal, params, body: { password, ...change } }) =>
        staff.change(principal, params.id, {
          ...change,
          ...(password !== undefined && { password: new Private(password) }),
        }),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/users/:id',
      summary: 'Take a user out of the account',
      authorization: 'user:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Removed' },
      refusals: ['conflict', 'forbidden', 'user.last_administrator'],
      handler: async ({ principal, params }) => {
        await staff.remove(principal, params.id);
        return undefined;
      },
    }),
  ];
}
