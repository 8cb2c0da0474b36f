import {
  loginSchema,
  refreshSchema,
  signedInUserSchema,
  signInSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { clientName, Private } from '../../../domain/index.ts';
import type { Auth, SignIns } from '../../../features/auth/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { ADDRESS_LIMITS, USER_LIMITS } from '../limits.ts';

/** Sign-in of staff. */
export function authRoutes({ auth, signIns }: { auth: Auth; signIns: SignIns }): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/login',
      summary: 'Sign in with e-mail and password',
      authorization: 'public',
      limit: ADDRESS_LIMITS.signIn,
      body: loginSchema,
      answer: { status: 200, schema: signInSchema, description: 'Signed in' },
      refusals: ['auth.invalid_credentials', 'auth.locked'],
      handler: ({ body: { email, password }, client: { addressKey, userAgent } }) =>
        auth.login({
          email,
          password: new Private(password),
          addressKey,
          client: clientName(userAgent.reveal()),
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/refresh',
      summary: 'Exchange the refresh token for a new pair; each is good for one exchange',
      authorization: 'public',
      limit: ADDRESS_LIMITS.refresh,
      body: refreshSchema,
      answer: { status: 200, schema: signInSchema, description: 'A new pair of tokens' },
      refusals: ['auth.required', 'auth.refresh_reused'],
      handler: ({ body }) => auth.refresh(body.refreshToken),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/logout',
      summary: 'End the sign-in that the refresh token belongs to',
      authorization: 'public',
      limit: ADDRESS_LIMITS.refresh,
      body: refreshSchema,
      answer: { status: 204, description: 'Signed out' },
      handler: async ({ body }) => {
        await auth.logout(body.refreshToken);
        return undefined;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/auth/me',
      summary: 'Who is signed in, and in which accounts',
      authorization: 'signed-in',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: signedInUserSchema, description: 'The signed-in user' },
      handler: ({ principal }) => signIns.describe(principal),
    }),
  ];
}
