import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import {
  BLOCKER_CODES,
  type ConditionTree,
  conditionFaults,
  ENGAGEMENT_LIMITS,
  SIMULATED_EVENTS,
} from '../../protocol/index.ts';
import { fieldsSchema } from '../common.ts';
import { freeText } from '../free-text.ts';
import { intervalSchema } from './accounts.ts';
import { displayNameSchema, instantSchema, wireIdSchema } from './primitives.ts';

const KEY_LENGTH = 64;
const USER_AGENT_LENGTH = 512;

/** A tree of conditions. Every refusal names the place in the tree and the reason. */
export const conditionTreeSchema = z
  .unknown()
  .superRefine((value, context) => {
    for (const { path, message } of conditionFaults(value)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  })
  .transform((value) => value as ConditionTree);

const messageSchema = freeText(z.string().trim().min(1).max(ENGAGEMENT_LIMITS.messageLength));
const translationsSchema = z
  .record(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag'), messageSchema)
  .refine(
    (all) => Object.keys(all).length <= ENGAGEMENT_LIMITS.translationsPerMessage,
    `has more than ${ENGAGEMENT_LIMITS.translationsPerMessage} languages`,
  );

const actionSchema = z.strictObject({
  type: z.enum(['invite', 'offer']),
  message: messageSchema,
  translations: translationsSchema.exactOptional(),
  departmentId: z.string().min(1).max(KEY_LENGTH).exactOptional(),
});

const variantSchema = z.strictObject({
  key: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, _ and -'),
  weight: z.int().min(1).max(1_000).exactOptional(),
  message: messageSchema,
  translations: translationsSchema.exactOptional(),
});

const variantsSchema = z
  .array(variantSchema)
  .max(ENGAGEMENT_LIMITS.variantsPerRule)
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, 'each key may be there once');

const limitsSchema = z.strictObject({
  oncePerSession: z.boolean().exactOptional(),
  cooldownMs: z.int().min(0).max(ENGAGEMENT_LIMITS.cooldownMs).exactOptional(),
  maxPerDay: z.int().min(1).max(ENGAGEMENT_LIMITS.maxPerDay).exactOptional(),
});

const instantTextSchema = z.iso.datetime({ offset: true });
const scheduleSchema = z
  .strictObject({
    intervals: z
      .array(intervalSchema)
      .min(1)
      .max(ENGAGEMENT_LIMITS.intervalsPerSchedule)
      .readonly()
      .exactOptional(),
    businessHours: z.boolean().exactOptional(),
    startsAt: instantTextSchema.exactOptional(),
    endsAt: instantTextSchema.exactOptional(),
  })
  .refine(
    ({ startsAt, endsAt }) =>
      startsAt === undefined || endsAt === undefined || Date.parse(startsAt) < Date.parse(endsAt),
    { path: ['endsAt'], message: 'must be later than startsAt' },
  );

const parts = {
  name: displayNameSchema,
  enabled: z.boolean().exactOptional(),
  kind: z.enum(['score', 'engage']),
  priority: z.int().min(-ENGAGEMENT_LIMITS.priority).max(ENGAGEMENT_LIMITS.priority).exactOptional(),
  when: conditionTreeSchema,
  points: z.int().min(-ENGAGEMENT_LIMITS.points).max(ENGAGEMENT_LIMITS.points).exactOptional(),
  minScore: z.number().min(-ENGAGEMENT_LIMITS.minScore).max(ENGAGEMENT_LIMITS.minScore).exactOptional(),
  action: actionSchema.exactOptional(),
  variants: variantsSchema.exactOptional(),
  limits: limitsSchema.exactOptional(),
  schedule: scheduleSchema.exactOptional(),
  requiresAgent: z.boolean().exactOptional(),
  holdoutPercent: z.number().min(0).max(100).exactOptional(),
  goal: freeText(z.string().min(1).max(LIMITS.eventNameLength)).exactOptional(),
  duringChat: z.boolean().exactOptional(),
};

const ENGAGE_ONLY = [
  'minScore',
  'action',
  'variants',
  'limits',
  'schedule',
  'requiresAgent',
  'holdoutPercent',
  'goal',
] as const;

interface Kinded {
  readonly kind: 'score' | 'engage';
  readonly points?: unknown;
  readonly action?: unknown;
}

/** A score rule has points and nothing that belongs to an invitation; an engage rule has an action. */
function fitKind(rule: Kinded & { readonly [key: string]: unknown }, context: z.RefinementCtx): void {
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (rule.kind === 'engage') {
    if (rule.action === undefined) refuse('action', 'is what an engage rule fires');
    if (rule.points !== undefined) refuse('points', 'belongs to score rules');
    return;
  }
  if (rule.points === undefined) refuse('points', 'is what a score rule adds');
  for (const field of ENGAGE_ONLY) {
    if (rule[field] !== undefined) refuse(field, 'belongs to engage rules');
  }
}

/** `POST /engagement-rules`, and what a change must come to. */
export const createEngagementRuleSchema = z.strictObject(parts).superRefine(fitKind);

const nullable = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().optional();

/** `PATCH /engagement-rules/:id`; `null` takes a part away. The outcome is checked as a whole rule. */
export const changeEngagementRuleSchema = z.strictObject({
  name: parts.name.optional(),
  enabled: z.boolean().optional(),
  kind: parts.kind.optional(),
  priority: nullable(parts.priority.unwrap()),
  when: conditionTreeSchema.optional(),
  points: nullable(parts.points.unwrap()),
  minScore: nullable(parts.minScore.unwrap()),
  action: nullable(actionSchema),
  variants: nullable(variantsSchema),
  limits: nullable(limitsSchema),
  schedule: nullable(scheduleSchema),
  requiresAgent: nullable(z.boolean()),
  holdoutPercent: nullable(parts.holdoutPercent.unwrap()),
  goal: nullable(parts.goal.unwrap()),
  duringChat: nullable(z.boolean()),
});

/** ISO 8601 or milliseconds; stays what it is. */
const simulatedTimeSchema = z.union([
  instantTextSchema,
  z
    .number()
    .min(0)
    .max(8.64e15 - 1),
]);

/** `POST /engagement-rules/simulate`. Payloads are checked by the schema of their event. */
export const simulateSchema = z.strictObject({
  events: z
    .array(
      z.strictObject({
        at: simulatedTimeSchema,
        name: z.enum(SIMULATED_EVENTS),
        payload: z.unknown().optional(),
      }),
    )
    .max(ENGAGEMENT_LIMITS.simulatedEvents),
  visitor: z
    .strictObject({
      key: z.string().min(1).max(KEY_LENGTH).optional(),
      visits: z.int().min(0).max(1_000_000).optional(),
      language: z.string().max(KEY_LENGTH).optional(),
      userAgent: z.string().max(USER_AGENT_LENGTH).optional(),
      fields: fieldsSchema.optional(),
    })
    .optional(),
  agentsAvailable: z.int().min(0).max(100_000).optional(),
  queueLength: z.int().min(0).max(1_000_000).optional(),
  until: simulatedTimeSchema.optional(),
  rules: z
    .array(
      z
        .strictObject({ ...parts, id: z.string().min(1).max(KEY_LENGTH).exactOptional() })
        .superRefine(fitKind),
    )
    .max(ENGAGEMENT_LIMITS.rulesPerAccount)
    .optional(),
});

const factValueSchema = z.union([z.string(), z.number(), z.boolean()]);
const comparedSchema = z.union([factValueSchema, z.array(factValueSchema).readonly()]);
const timeSchema = z.union([z.string(), z.number()]);

export const conditionTraceSchema = z
  .object({
    fact: z.string(),
    op: z.string(),
    value: comparedSchema.exactOptional(),
    seen: factValueSchema.exactOptional(),
    masked: z.literal(true).exactOptional(),
    holds: z.boolean(),
  })
  .meta({ id: 'EngagementConditionTrace' });

export const decisionTraceSchema = z
  .object({
    /** Shaped like `when`: groups with `holds`, and at the leaves condition traces. */
    when: z.unknown(),
    score: z.object({
      total: z.number(),
      needed: z.number().exactOptional(),
      parts: z.array(z.object({ ruleId: z.string(), name: z.string(), points: z.number() })).readonly(),
    }),
    blockers: z
      .array(
        z.object({
          code: z.enum(BLOCKER_CODES),
          until: z.string().exactOptional(),
          ruleId: z.string().exactOptional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'EngagementTrace' });

export const decisionSchema = z
  .object({
    at: timeSchema,
    ruleId: z.string(),
    fired: z.boolean(),
    score: z.number(),
    variant: z.string().exactOptional(),
    trace: decisionTraceSchema,
  })
  .meta({ id: 'EngagementDecision' });

export const simulateAnswerSchema = z
  .object({ decisions: z.array(decisionSchema).readonly(), truncated: z.boolean() })
  .meta({ id: 'EngagementSimulation' });

export const engagementRuleSchema = z
  .object({
    id: wireIdSchema,
    name: z.string(),
    enabled: z.boolean(),
    kind: parts.kind,
    priority: z.int(),
    order: z.number(),
    when: z.unknown(),
    points: z.number().exactOptional(),
    minScore: z.number().exactOptional(),
    action: actionSchema.exactOptional(),
    variants: z.array(variantSchema).readonly().exactOptional(),
    limits: limitsSchema.exactOptional(),
    schedule: scheduleSchema.exactOptional(),
    requiresAgent: z.boolean().exactOptional(),
    holdoutPercent: z.number().exactOptional(),
    goal: z.string().exactOptional(),
    duringChat: z.boolean().exactOptional(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: 'EngagementRule' });

export const ruleSetVersionSchema = z
  .object({
    version: z.int(),
    publishedAt: instantSchema,
    publishedBy: z.string(),
    note: z.string().exactOptional(),
    live: z.boolean(),
    ruleCount: z.int(),
  })
  .meta({ id: 'EngagementRuleSetVersion' });

const namedRuleSchema = z.object({ ruleId: z.string(), name: z.string() });
const invitationChangeSchema = z.object({ recording: z.string(), at: timeSchema, ruleId: z.string() });

export const ruleSetDiffSchema = z
  .object({
    changes: z.object({
      added: z.array(namedRuleSchema).readonly(),
      removed: z.array(namedRuleSchema).readonly(),
      changed: z.array(namedRuleSchema.extend({ fields: z.array(z.string()).readonly() })).readonly(),
    }),
    recordings: z.int(),
    invitations: z.object({ before: z.int(), after: z.int() }),
    gained: z.array(invitationChangeSchema).readonly(),
    lost: z.array(invitationChangeSchema).readonly(),
    truncated: z.int(),
  })
  .meta({ id: 'EngagementDiff' });
