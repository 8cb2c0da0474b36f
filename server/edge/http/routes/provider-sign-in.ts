import {
  begunProviderSignInSchema,
  finishProviderSignInSchema,
  identityProvidersSchema,
  loginAnswerSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { clientName } from '../../../domain/index.ts';
import type { ProviderSignIn } from '../../../features/auth/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { ADDRESS_LIMITS } from '../limits.ts';

/** Sign-in by an identity provider (OpenID Connect). */
export function providerSignInRoutes(signIn: ProviderSignIn): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/providers',
      summary: 'Identity providers that staff can sign in by',
      authorization: 'public',
      limit: ADDRESS_LIMITS.refresh,
      answer: { status: 200, schema: identityProvidersSchema, description: 'None, or one' },
      handler: async () => signIn.list(),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/oidc/begin',
      summary: 'Where to send the browser to sign in at the identity provider',
      authorization: 'public',
      limit: ADDRESS_LIMITS.signIn,
      answer: { status: 200, schema: begunProviderSignInSchema, description: 'The address' },
      refusals: ['not_found', 'auth.provider_failed'],
      handler: ({ client }) => signIn.begin(client.ownOrigin),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/oidc/finish',
      summary: 'Sign in with what the identity provider sent the browser back with',
      authorization: 'public',
      limit: ADDRESS_LIMITS.signIn,
      body: finishProviderSignInSchema,
      answer: { status: 200, schema: loginAnswerSchema, description: 'Signed in, or what is asked next' },
      refusals: ['not_found', 'auth.challenge_expired', 'auth.provider_failed', 'auth.identity_unknown'],
      handler: ({ body, client }) =>
        signIn.finish({ ...body, client: clientName(client.userAgent.reveal()) }),
    }),
  ];
}
