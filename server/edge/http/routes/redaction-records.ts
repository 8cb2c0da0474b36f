import {
  importResultSchema,
  importRulesSchema,
  pageQuerySchema,
  pageSchema,
  redactionExportSchema,
  redactionReportQuerySchema,
  redactionReportSchema,
  redactionRuleChangeSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { RedactionReport, RedactionRules } from '../../../features/redaction-rules/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { RULE_FILE_LIMIT_BYTES, USER_LIMITS } from '../limits.ts';

/** Rules as a file, and the history of their changes. Before `/redaction-rules/:id`, which would take `export` for an id. */
export function redactionTransferRoutes(rules: RedactionRules): readonly Route[] {
  const changes = pageSchema(redactionRuleChangeSchema);
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/redaction-rules/export',
      summary: 'All rules as a file, in the order in which they run',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: redactionExportSchema, description: 'The rules' },
      handler: ({ principal }) => rules.export(principal),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/redaction-rules/import',
      summary: 'Take rules in from a file, all or none; they are live with the next message',
      authorization: 'redaction-rule:write',
      limit: USER_LIMITS.heavy,
      body: importRulesSchema,
      bodyLimitBytes: RULE_FILE_LIMIT_BYTES,
      answer: { status: 200, schema: importResultSchema, description: 'How many rules came and went' },
      refusals: ['redaction.pattern_unsupported', 'redaction.example_failed', 'already_exists'],
      handler: ({ principal, body }) => rules.import(principal, body),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/redaction-rules/:id/history',
      summary: 'Changes of one rule, newest first; also of one that is removed',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: changes, description: 'A page of changes' },
      handler: ({ principal, params, query }) => rules.history(principal, { ...query, ruleId: params.id }),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/redaction-rule-changes',
      summary: 'Changes of all rules, newest first',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: changes, description: 'A page of changes' },
      handler: ({ principal, query }) => rules.history(principal, query),
    }),
  ];
}

/** How much was taken out; never what. */
export function redactionReportRoutes(report: RedactionReport): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/reports/redaction',
      summary: 'How often each rule took something out, by day (UTC), of the last 13 months',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.read,
      query: redactionReportQuerySchema,
      answer: { status: 200, schema: redactionReportSchema, description: 'Counts, oldest day first' },
      handler: ({ principal, query }) => report.read(principal, query),
    }),
  ];
}
