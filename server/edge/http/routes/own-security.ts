import {
  changePasswordSchema,
  codeAgainSchema,
  createdPasswordResetSchema,
  passwordAgainSchema,
  passwordAndCodeSchema,
  recoveryCodesSchema,
  resetPasswordSchema,
  secondFactorStatusSchema,
  totpSetupSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { Private } from '../../../domain/index.ts';
import type { OwnSecurity, PasswordResets } from '../../../features/auth/index.ts';
import type { Staff } from '../../../features/staff/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { ADDRESS_LIMITS, USER_LIMITS } from '../limits.ts';
import { requiredSignIn } from './staff-sessions.ts';

/** Password and second factor: one's own, and the help that an administrator gives. */
export function ownSecurityRoutes(of: {
  readonly ownSecurity: OwnSecurity;
  readonly passwordResets: PasswordResets;
  readonly staff: Staff;
}): readonly Route[] {
  return [...passwordRoutes(of), ...secondFactorRoutes(of.ownSecurity, of.staff)];
}

function passwordRoutes({
  ownSecurity,
  passwordResets,
  staff,
}: Parameters<typeof ownSecurityRoutes>[0]): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/password',
      summary: "Change one's own password; every other sign-in ends",
      authorization: 'signed-in',
      limit: USER_LIMITS.heavy,
      body: changePasswordSchema,
      answer: { status: 204, description: 'Changed' },
      refusals: ['auth.password_wrong', 'auth.password_weak', 'auth.locked', 'conflict'],
      handler: async ({ principal, body, signInId }) => {
        const [current, next] = [new Private(body.currentPassword), new Private(body.newPassword)];
        await ownSecurity.changePassword(principal, { current, next, signInId: requiredSignIn(signInId) });
        return undefined;
      },
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/users/:id/password-reset',
      summary: 'A one-time token that leads the user to a new password, good for a day; shown this once',
      authorization: 'user:write',
      limit: USER_LIMITS.write,
      answer: { status: 201, schema: createdPasswordResetSchema, description: 'The token' },
      refusals: ['forbidden'],
      handler: ({ principal, params }) => staff.resetPassword(principal, params.id),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/password-reset',
      summary: 'Set a new password by a one-time token; every sign-in of the user ends',
      authorization: 'public',
      limit: ADDRESS_LIMITS.signIn,
      body: resetPasswordSchema,
      answer: { status: 204, description: 'Set' },
      refusals: ['auth.challenge_expired', 'auth.password_weak', 'conflict'],
      handler: async ({ body }) => {
        await passwordResets.use(body.token, new Private(body.newPassword));
        return undefined;
      },
    }),
  ];
}

function secondFactorRoutes(ownSecurity: OwnSecurity, staff: Staff): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/second-factor',
      summary: "Whether one's own second factor is on",
      authorization: 'signed-in',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: secondFactorStatusSchema, description: 'How it stands' },
      handler: ({ principal }) => ownSecurity.secondFactor(principal),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/second-factor/setup',
      summary: 'A secret for an authenticator app; it counts once a code of it is confirmed',
      authorization: 'signed-in',
      limit: USER_LIMITS.heavy,
      body: passwordAgainSchema,
      answer: { status: 200, schema: totpSetupSchema, description: 'The secret' },
      refusals: ['auth.password_wrong', 'auth.locked', 'conflict'],
      handler: ({ principal, body }) => ownSecurity.setUp(principal, new Private(body.password)),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/second-factor/confirm',
      summary: 'Turn the second factor on with the first code of the app; answers recovery codes, this once',
      authorization: 'signed-in',
      limit: USER_LIMITS.heavy,
      body: codeAgainSchema,
      answer: { status: 200, schema: recoveryCodesSchema, description: 'Recovery codes' },
      refusals: ['auth.code_wrong', 'auth.locked', 'conflict'],
      handler: ({ principal, body }) => ownSecurity.confirm(principal, body.code),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/second-factor/recovery-codes',
      summary: 'New recovery codes in the place of the old ones, shown this once',
      authorization: 'signed-in',
      limit: USER_LIMITS.heavy,
      body: passwordAndCodeSchema,
      answer: { status: 200, schema: recoveryCodesSchema, description: 'Recovery codes' },
      refusals: ['auth.password_wrong', 'auth.code_wrong', 'auth.locked', 'conflict'],
      handler: ({ principal, body: { password, code } }) =>
        ownSecurity.renewRecoveryCodes(principal, { password: new Private(password), code }),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/second-factor/off',
      summary: 'Turn the second factor off, with password and code',
      authorization: 'signed-in',
      limit: USER_LIMITS.heavy,
      body: passwordAndCodeSchema,
      answer: { status: 204, description: 'Off' },
      refusals: ['auth.second_factor_mandatory', 'auth.password_wrong', 'auth.code_wrong', 'auth.locked'],
      handler: async ({ principal, body: { password, code } }) => {
        await ownSecurity.turnOff(principal, { password: new Private(password), code });
        return undefined;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/users/:id/second-factor',
      summary: 'Whether a user has a second factor, and how many recovery codes are left',
      audit: 'user.second_factor_read',
      authorization: 'user:write',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: secondFactorStatusSchema, description: 'How it stands' },
      refusals: ['forbidden'],
      handler: ({ principal, params }) => staff.secondFactor(principal, params.id),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/users/:id/second-factor',
      summary: 'Turn off the second factor of a user who has lost it; their sign-ins end',
      authorization: 'user:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Off' },
      refusals: ['forbidden'],
      handler: async ({ principal, params }) => {
        await staff.removeSecondFactor(principal, params.id);
        return undefined;
      },
    }),
  ];
}
