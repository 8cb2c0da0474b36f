import { z } from 'zod';
import { fieldsSchema, idSchema } from '../common.ts';
import { createEngagementRuleSchema, decisionSchema } from './engagement-rules.ts';
import { displayNameSchema, instantQuerySchema, instantSchema, wireIdSchema } from './primitives.ts';

export const changeVisitorProfileSchema = z.strictObject({ fields: fieldsSchema.default({}) });

const pageSeenSchema = z.object({ url: z.string(), title: z.string().exactOptional(), at: instantSchema });
const textsSchema = z.record(z.string(), z.string());

const visitor = z.object({
  sessionId: wireIdSchema,
  siteId: wireIdSchema,
  online: z.boolean(),
  idle: z.boolean(),
  startedAt: instantSchema,
  lastSeenAt: instantSchema,
  page: pageSeenSchema.exactOptional(),
  pageViews: z.int(),
  visits: z.int(),
  device: z.string(),
  browser: z.string(),
  os: z.string(),
  language: z.string().exactOptional(),
  referrer: z.string().exactOptional(),
  utm: textsSchema,
  score: z.number(),
  scoreParts: z.array(z.object({ ruleId: wireIdSchema, name: z.string(), points: z.number() })).readonly(),
  conversationId: wireIdSchema.exactOptional(),
  invite: z
    .object({
      inviteId: wireIdSchema,
      ruleId: wireIdSchema,
      ruleName: z.string(),
      variant: z.string().exactOptional(),
      state: z.enum(['shown', 'accepted', 'dismissed', 'lapsed']),
      at: instantSchema,
    })
    .exactOptional(),
  fields: textsSchema,
  verifiedFields: z.array(z.string()).readonly(),
});
export const visitorSchema = visitor.meta({ id: 'Visitor' });

export const visitorDetailSchema = visitor
  .extend({
    pages: z.array(pageSeenSchema.extend({ scrollDepth: z.number().exactOptional() })).readonly(),
    events: z
      .array(
        z.object({
          name: z.string(),
          count: z.int(),
          last: z.union([z.string(), z.number(), z.boolean()]).exactOptional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'VisitorDetail' });

export const decisionsSchema = z
  .object({ items: z.array(decisionSchema).readonly() })
  .meta({ id: 'Decisions' });
export const tryRuleSchema = z.strictObject({
  rule: createEngagementRuleSchema,
  ruleId: idSchema.optional(),
});

export const whyNotQuerySchema = z.strictObject({ ruleId: idSchema.optional() });

export const engagementReportQuerySchema = z.strictObject({
  from: instantQuerySchema.optional(),
  to: instantQuerySchema.optional(),
});

const counts = {
  shown: z.int(),
  accepted: z.int(),
  dismissed: z.int(),
  chats: z.int(),
  rated: z.int(),
  goals: z.int(),
};
const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const engagementReportSchema = z
  .object({
    items: z
      .array(
        z.object({
          ruleId: wireIdSchema,
          ruleName: z.string(),
          ...counts,
          variants: z
            .array(z.object({ variant: z.string().exactOptional(), ...counts, conversion: estimateSchema }))
            .readonly(),
          holdout: z.object(counts),
          measuredBy: z.enum(['goals', 'chats']),
          treated: estimateSchema,
          control: estimateSchema,
          uplift: estimateSchema.exactOptional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'EngagementReport' });

/** `draft`, `published`, or the number of a version. */
const ruleSetNameSchema = z.union([z.enum(['draft', 'published']), z.int().min(1)]);
export const diffRuleSetsSchema = z.strictObject({
  from: ruleSetNameSchema.default('published'),
  to: ruleSetNameSchema.default('draft'),
});
export const publishRulesSchema = z.strictObject({ note: displayNameSchema.optional() });
