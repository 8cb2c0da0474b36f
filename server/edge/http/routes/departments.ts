import {
  changeDepartmentSchema,
  createDepartmentSchema,
  departmentSchema,
  pageQuerySchema,
  pageSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { Departments } from '../../../features/departments/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Departments of the account. */
export function departmentRoutes(departments: Departments): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/departments',
      summary: 'Departments, oldest first',
      authorization: 'department:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(departmentSchema), description: 'A page of departments' },
      handler: ({ principal, query }) => departments.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/departments',
      summary: 'Make a department; its members get its conversations',
      authorization: 'department:write',
      limit: USER_LIMITS.write,
      body: createDepartmentSchema,
      answer: { status: 201, schema: departmentSchema, description: 'The department' },
      refusals: ['already_exists', 'conflict'],
      handler: ({ principal, body }) => departments.create(principal, body),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/departments/:id',
      summary: 'One department',
      authorization: 'department:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: departmentSchema, description: 'The department' },
      handler: ({ principal, params }) => departments.get(principal, params.id),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/departments/:id',
      summary: 'Change a department; chats that its members have stay with them',
      authorization: 'department:write',
      limit: USER_LIMITS.write,
      body: changeDepartmentSchema,
      answer: { status: 200, schema: departmentSchema, description: 'The department after the change' },
      refusals: ['already_exists', 'conflict'],
      handler: ({ principal, params, body }) => departments.change(principal, params.id, body),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/departments/:id',
      summary: 'Remove a department in which nobody waits',
      authorization: 'department:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Removed' },
      refusals: ['department.in_use'],
      handler: async ({ principal, params }) => {
        await departments.remove(principal, params.id);
        return undefined;
      },
    }),
  ];
}
