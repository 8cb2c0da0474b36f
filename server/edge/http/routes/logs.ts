import type { z } from 'zod';
import {
  activitySchema,
  auditEntrySchema,
  auditVerificationSchema,
  deletedSchema,
  eraseActivitySchema,
  exportAuditSchema,
  listActivitySchema,
  listAuditSchema,
  pageSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { ActivityLog, ActivitySubject } from '../../../features/activity/index.ts';
import type { Audit } from '../../../features/audit/index.ts';
import { canonicalAddress } from '../client-address.ts';
import { defineRoute, FileAnswer, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** The activity log and the audit log of the account. */
export function logRoutes(deps: { activity: ActivityLog; audit: Audit }): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/activity-logs',
      summary:
        'Who connected from where, by session, conversation or address. Every look-up is audited with its reason',
      authorization: 'activity-log:read',
      limit: USER_LIMITS.read,
      query: listActivitySchema,
      answer: { status: 200, schema: pageSchema(activitySchema), description: 'Connections, newest first' },
      handler: ({ principal, query }) => deps.activity.find(principal, subjectOf(query), query),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/activity-logs',
      summary: 'Erase what the log holds of one address',
      authorization: 'activity-log:erase',
      limit: USER_LIMITS.write,
      query: eraseActivitySchema,
      answer: { status: 200, schema: deletedSchema, description: 'How many records were erased' },
      handler: ({ principal, query }) => deps.activity.eraseAddress(principal, canonicalAddress(query.ip)),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/audit-log',
      summary: 'Who did what, newest first',
      authorization: 'audit-log:read',
      limit: USER_LIMITS.read,
      query: listAuditSchema,
      answer: { status: 200, schema: pageSchema(auditEntrySchema), description: 'A page of entries' },
      handler: ({ principal, query }) => deps.audit.list(principal, query),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/audit-log/export',
      summary: 'What a search of the audit log finds, as a file',
      authorization: 'audit-log:read',
      limit: USER_LIMITS.heavy,
      query: exportAuditSchema,
      answer: { status: 200, file: true, description: 'CSV or JSON, newest first' },
      handler: async ({ principal, query }) => new FileAnswer(await deps.audit.export(principal, query)),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/audit-log/verify',
      summary: 'Check that nothing of the audit log was altered, taken out or cut off',
      authorization: 'audit-log:read',
      limit: USER_LIMITS.heavy,
      answer: { status: 200, schema: auditVerificationSchema, description: 'What the check found' },
      handler: ({ principal }) => deps.audit.verify(principal),
    }),
  ];
}

/** The schema lets exactly one of them through. */
function subjectOf(query: z.output<typeof listActivitySchema>): ActivitySubject {
  if (query.sessionId !== undefined) return { sessionId: query.sessionId };
  if (query.conversationId !== undefined) return { conversationId: query.conversationId };
  return { ip: canonicalAddress(query.ip ?? '') };
}
