import { z } from 'zod';
import type { EngagementRuleDraft } from '../../../../shared/protocol/index.ts';
import {
  changeEngagementRuleSchema,
  createEngagementRuleSchema,
  diffRuleSetsSchema,
  engagementRuleSchema,
  pageQuerySchema,
  pageSchema,
  publishRulesSchema,
  ruleSetDiffSchema,
  ruleSetVersionSchema,
  simulateAnswerSchema,
  simulateSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { Refusal } from '../../../domain/index.ts';
import type { EngagementRules, RuleChange } from '../../../features/engagement/engagement-rules.ts';
import type { RuleTrials } from '../../../features/engagement/rule-trials.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { RULE_FILE_LIMIT_BYTES, USER_LIMITS } from '../limits.ts';
import { simulationOf } from '../simulated-events.ts';

/** Whom the account invites, when, and with what. */
export function engagementRuleRoutes(useCases: {
  readonly engagementRules: EngagementRules;
  readonly ruleTrials: Pick<RuleTrials, 'simulate' | 'diff'>;
}): readonly Route[] {
  return [
    ...trialRoutes(useCases.ruleTrials),
    ...versionRoutes(useCases.engagementRules),
    ...ruleRoutes(useCases.engagementRules),
  ];
}

/** Before `/engagement-rules/:id`, which would take `simulate` for an id. */
function trialRoutes(trials: Pick<RuleTrials, 'simulate' | 'diff'>): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/accounts/:a/engagement-rules/simulate',
      summary: 'Run a scripted session through the published rules or given ones, on a virtual clock',
      authorization: 'engagement-rule:read',
      limit: USER_LIMITS.preview,
      body: simulateSchema,
      bodyLimitBytes: RULE_FILE_LIMIT_BYTES,
      answer: { status: 200, schema: simulateAnswerSchema, description: 'Every decision with its trace' },
      refusals: ['profile.field_not_allowed'],
      handler: ({ principal, body }) => trials.simulate(principal, simulationOf(body)),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/engagement-rules/diff',
      summary: 'What would change between two rule sets, in the rules and for recorded visitors',
      authorization: 'engagement-rule:read',
      limit: USER_LIMITS.heavy,
      body: diffRuleSetsSchema,
      answer: {
        status: 200,
        schema: ruleSetDiffSchema,
        description: 'Who gains and who loses an invitation',
      },
      refusals: ['not_found'],
      handler: ({ principal, body }) => trials.diff(principal, body),
    }),
  ];
}

function versionRoutes(rules: EngagementRules): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/engagement-rule-versions',
      summary: 'Published rule sets, newest first: who published them and when',
      authorization: 'engagement-rule:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(ruleSetVersionSchema), description: 'A page of versions' },
      handler: ({ principal, query }) => rules.versions(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/engagement-rule-versions',
      summary: 'Publish the draft; it is live within a second',
      authorization: 'engagement-rule:publish',
      limit: USER_LIMITS.write,
      body: publishRulesSchema,
      answer: { status: 201, schema: ruleSetVersionSchema, description: 'The version that is live now' },
      refusals: ['conflict'],
      handler: ({ principal, body }) => rules.publish(principal, body.note),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/engagement-rule-versions/:id',
      summary: 'The rules of one version, by its number',
      authorization: 'engagement-rule:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: versionRulesSchema, description: 'The rules as they were published' },
      handler: async ({ principal, params }) => ({
        items: await rules.version(principal.accountId, versionNumber(params.id)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/engagement-rule-versions/:id/restore',
      summary: 'Roll back: the version is live again as a new one, and the draft is like it',
      authorization: 'engagement-rule:publish',
      limit: USER_LIMITS.write,
      answer: { status: 201, schema: ruleSetVersionSchema, description: 'The version that is live now' },
      refusals: ['conflict'],
      handler: ({ principal, params }) => rules.rollBack(principal, versionNumber(params.id)),
    }),
  ];
}

function ruleRoutes(rules: EngagementRules): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/engagement-rules',
      summary: 'Rules of the draft, oldest first',
      authorization: 'engagement-rule:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(engagementRuleSchema), description: 'A page of rules' },
      handler: ({ principal, query }) => rules.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/engagement-rules',
      summary: 'Add a rule; live at once unless the account publishes by hand',
      authorization: 'engagement-rule:write',
      limit: USER_LIMITS.write,
      body: createEngagementRuleSchema,
      answer: { status: 201, schema: engagementRuleSchema, description: 'The rule' },
      refusals: ['conflict'],
      handler: ({ principal, body }) => rules.create(principal, body as EngagementRuleDraft),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/engagement-rules/:id',
      summary: 'One rule of the draft',
      authorization: 'engagement-rule:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: engagementRuleSchema, description: 'The rule' },
      handler: ({ principal, params }) => rules.get(principal, params.id),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/engagement-rules/:id',
      summary: 'Change a rule; null takes a part away. Live at once unless the account publishes by hand',
      authorization: 'engagement-rule:write',
      limit: USER_LIMITS.write,
      body: changeEngagementRuleSchema,
      answer: { status: 200, schema: engagementRuleSchema, description: 'The rule after the change' },
      refusals: ['conflict'],
      handler: ({ principal, params, body }) => rules.change(principal, params.id, body as RuleChange),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/engagement-rules/:id',
      summary: 'Remove a rule; live at once unless the account publishes by hand',
      authorization: 'engagement-rule:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Removed' },
      handler: async ({ principal, params }) => {
        await rules.remove(principal, params.id);
        return undefined;
      },
    }),
  ];
}

const versionRulesSchema = z
  .object({ items: z.array(engagementRuleSchema.omit({ createdAt: true, updatedAt: true })).readonly() })
  .meta({ id: 'EngagementVersionRules' });

/** @throws Refusal `not_found` */
function versionNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Refusal('not_found');
  return Number(text);
}
