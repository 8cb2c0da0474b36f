import {
  changeVisitorProfileSchema,
  pageQuerySchema,
  pageSchema,
  visitorDetailSchema,
  visitorSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { VisitorBoard } from '../../../features/engagement/visitor-board.ts';
import type { VisitorProfiles } from '../../../features/engagement/visitor-profiles.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Visitors who are on the account's sites now. */
export function visitorRoutes(useCases: {
  readonly visitorBoard: Pick<VisitorBoard, 'list' | 'get'>;
  readonly visitorProfiles: Pick<VisitorProfiles, 'change'>;
}): readonly Route[] {
  const { visitorBoard, visitorProfiles } = useCases;
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/visitors',
      summary: 'Live visitors, highest score first; field values are masked without profile:read',
      audit: 'visitor.listed',
      authorization: 'visitor:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(visitorSchema), description: 'A page of visitors' },
      handler: async ({ principal, query }) => visitorBoard.list(principal, query),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/visitors/:id',
      summary: 'One live visitor with the pages and events of the session',
      audit: 'visitor.read',
      authorization: 'visitor:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: visitorDetailSchema, description: 'The visitor' },
      handler: async ({ principal, params }) => visitorBoard.get(principal, params.id),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/visitors/:id/profile',
      summary: "Tie fields of the account's own systems to a live session; only fields that the DPA lists",
      authorization: 'visitor:write',
      limit: USER_LIMITS.write,
      body: changeVisitorProfileSchema,
      answer: { status: 200, schema: visitorDetailSchema, description: 'The visitor after the change' },
      refusals: ['profile.field_not_allowed'],
      handler: ({ principal, params, body }) => visitorProfiles.change(principal, params.id, body.fields),
    }),
  ];
}
