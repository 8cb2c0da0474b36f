import {
  changeVisitorProfileSchema,
  decisionSchema,
  decisionsSchema,
  engagementReportQuerySchema,
  engagementReportSchema,
  pageQuerySchema,
  pageSchema,
  tryRuleSchema,
  visitorDetailSchema,
  visitorSchema,
  whyNotQuerySchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { EngagementReports } from '../../../features/engagement/engagement-report.ts';
import type { RuleTrial, RuleTrials } from '../../../features/engagement/rule-trials.ts';
import type { VisitorBoard } from '../../../features/engagement/visitor-board.ts';
import type { VisitorProfiles } from '../../../features/engagement/visitor-profiles.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Visitors who are on the account's sites now. */
export function visitorRoutes(useCases: {
  readonly visitorBoard: Pick<VisitorBoard, 'list' | 'get' | 'find' | 'decisions'>;
  readonly visitorProfiles: Pick<VisitorProfiles, 'change'>;
  readonly ruleTrials: Pick<RuleTrials, 'whyNot' | 'tryRule'>;
  readonly engagementReports: EngagementReports;
}): readonly Route[] {
  const { visitorBoard, visitorProfiles, ruleTrials, engagementReports } = useCases;
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/visitors',
      summary: 'Live visitors, newest session first; values of fields are masked',
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
      summary: 'One live visitor in full; values of fields with profile:read',
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
    defineRoute({
      method: 'get',
      path: '/accounts/:a/visitors/:id/decisions',
      summary: 'What the rules decided in the session, near misses and control group too, oldest first',
      audit: 'visitor.read',
      authorization: 'visitor:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: decisionsSchema, description: 'Decisions with their traces' },
      handler: async ({ principal, params }) => ({
        items: await visitorBoard.decisions(principal, params.id),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/visitors/:id/why-not',
      summary: 'How every rule stands with a live visitor at this moment, or the one that is named',
      audit: 'visitor.read',
      authorization: 'visitor:read',
      limit: USER_LIMITS.preview,
      query: whyNotQuerySchema,
      answer: { status: 200, schema: decisionsSchema, description: 'A full trace of each rule' },
      handler: async ({ principal, params, query }) => {
        const session = visitorBoard.find(principal.accountId, params.id);
        return { items: ruleTrials.whyNot(principal, session, query.ruleId) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/visitors/:id/try-rule',
      summary:
        'How a rule that is being written would stand with a live visitor; nothing is shown to anybody',
      audit: 'visitor.read',
      authorization: 'visitor:read',
      limit: USER_LIMITS.preview,
      body: tryRuleSchema,
      answer: { status: 200, schema: decisionSchema, description: 'A full trace of the rule' },
      handler: async ({ principal, params, body }) => {
        const session = visitorBoard.find(principal.accountId, params.id);
        return ruleTrials.tryRule(principal, session, body as RuleTrial);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/reports/engagement',
      summary: 'Funnel of each rule and message, and its uplift against the control group, by days (UTC)',
      authorization: 'report:read',
      limit: USER_LIMITS.read,
      query: engagementReportQuerySchema,
      answer: { status: 200, schema: engagementReportSchema, description: 'Rules, the most shown first' },
      handler: ({ principal, query }) => engagementReports.read(principal, query),
    }),
  ];
}
