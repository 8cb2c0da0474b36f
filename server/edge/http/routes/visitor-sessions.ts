import { openSessionSchema, visitorSessionSchema } from '../../../../shared/schemas/rest/index.ts';
import { visitorClientOf } from '../../../domain/index.ts';
import type { VisitorSessions } from '../../../features/visitor-sessions/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { ADDRESS_LIMITS } from '../limits.ts';

/** Where a visitor's device gets its token. */
export function visitorSessionRoutes(sessions: VisitorSessions): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/visitor/sessions',
      summary: 'Begin or take up a visitor session on a site',
      authorization: 'public',
      limit: ADDRESS_LIMITS.visitorSession,
      crossOrigin: true,
      body: openSessionSchema,
      answer: {
        status: 201,
        schema: visitorSessionSchema,
        description: 'The session and what the widget shows',
      },
      refusals: [
        'auth.site_unknown',
        'forbidden',
        'session.limit',
        'identity.rejected',
        'profile.field_not_allowed',
      ],
      handler: ({ body: { siteKey, visitorToken, identity }, client }) =>
        sessions.open({
          siteKey,
          visitorToken,
          identity,
          origin: client.foreignOrigin,
          client: visitorClientOf({
            userAgent: client.userAgent.reveal(),
            acceptLanguage: client.acceptLanguage.reveal(),
          }),
        }),
    }),
  ];
}
