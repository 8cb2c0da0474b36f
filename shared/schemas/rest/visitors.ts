import { z } from 'zod';
import { fieldsSchema } from '../common.ts';
import { instantSchema, wireIdSchema } from './primitives.ts';

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
