import {
  loginAnswerSchema,
  loginSchema,
  passChallengeSchema,
  refreshSchema,
  secondFactorSignInSchema,
  setUpAtSignInSchema,
  signedInUserSchema,
  signInSchema,
  totpSetupSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { clientName, Private } from '../../../domain/index.ts';
import type { Auth, SecondStep, SignIns } from '../../../features/auth/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { ADDRESS_LIMITS, USER_LIMITS } from '../limits.ts';

/** Sign-in of staff. */
export function authRoutes({
  auth,
  signIns,
  secondStep,
}: {
  readonly auth: Auth;
  readonly signIns: SignIns;
  readonly secondStep: SecondStep;
}): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/login',
      summary: 'Sign in with e-mail and password; who has a second factor is asked for it next',
      authorization: 'public',
      limit: ADDRESS_LIMITS.signIn,
      body: loginSchema,
      answer: { status: 200, schema: loginAnswerSchema, description: 'Signed in, or what is asked next' },
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
      path: '/auth/second-factor',
      summary: 'Finish a sign-in with a code of the app, or a recovery code, which is used up by it',
      authorization: 'public',
      limit: ADDRESS_LIMITS.signIn,
      body: passChallengeSchema,
      answer: { status: 200, schema: secondFactorSignInSchema, description: 'Signed in' },
      refusals: ['auth.challenge_expired', 'auth.code_wrong', 'auth.locked'],
      handler: ({ body, client }) =>
        secondStep.finish({ ...body, client: clientName(client.userAgent.reveal()) }),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/second-factor/setup-at-sign-in',
      summary: 'A secret for an authenticator app, where an account asks for a second factor',
      authorization: 'public',
      limit: ADDRESS_LIMITS.signIn,
      body: setUpAtSignInSchema,
      answer: { status: 200, schema: totpSetupSchema, description: 'The secret' },
      refusals: ['auth.challenge_expired', 'conflict'],
      handler: ({ body }) => secondStep.setUp(body.challenge),
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
