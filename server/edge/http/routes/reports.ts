import {
  conversationReportQuerySchema,
  conversationReportSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { ConversationReport } from '../../../features/reports/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** How conversations go. */
export function reportRoutes(report: ConversationReport): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/reports/conversations',
      summary:
        'Volumes, waiting, handling and ratings in all, by day (UTC), agent and department, of the last 13 months',
      audit: 'report.read',
      authorization: 'report:read',
      limit: USER_LIMITS.read,
      query: conversationReportQuerySchema,
      answer: { status: 200, schema: conversationReportSchema, description: 'Counts and averages' },
      handler: ({ principal, query }) => report.read(principal, query),
    }),
  ];
}
