import {
  changeSettingsSchema,
  createAccountSchema,
  createdAccountSchema,
  settingsSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { Private } from '../../../domain/index.ts';
import type { Accounts } from '../../../features/accounts/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Accounts and their settings. */
export function accountRoutes(accounts: Accounts): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/accounts',
      summary: 'Make an account with its first administrator and site',
      authorization: 'account:create',
      limit: USER_LIMITS.heavy,
      body: createAccountSchema,
      answer: { status: 201, schema: createdAccountSchema, description: 'The account' },
      refusals: ['account.region_mismatch', 'already_exists', 'auth.password_weak'],
      handler: ({ principal, body }) =>
        accounts.create(principal, {
          ...body,
          admin: { ...body.admin, password: new Private(body.admin.password) },
        }),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/settings',
      summary: 'Settings of the account',
      authorization: 'settings:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: settingsSchema, description: 'The settings' },
      handler: ({ principal }) => accounts.settings(principal),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/settings',
      summary: 'Change settings; a retention period is applied to what is already kept',
      authorization: 'settings:write',
      limit: USER_LIMITS.heavy,
      body: changeSettingsSchema,
      answer: { status: 200, schema: settingsSchema, description: 'The settings after the change' },
      refusals: ['account.region_mismatch', 'conflict'],
      handler: ({ principal, body }) => accounts.changeSettings(principal, body),
    }),
  ];
}
