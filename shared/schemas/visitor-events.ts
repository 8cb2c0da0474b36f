import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import type { VisitorEventName, VisitorEvents } from '../protocol/visitor-events.ts';
import { emailSchema, fieldsSchema, idSchema, type Matches } from './common.ts';
import { chatRefSchema, messageSendSchema, resumeSchema, seenSchema } from './message.ts';

const eventSchema = z.object({
  name: z.string().min(1).max(LIMITS.eventNameLength),
  value: z.union([z.string().max(LIMITS.eventValueLength), z.number(), z.boolean()]).optional(),
});

/** One validator for each event that a visitor may send. */
export const visitorEventSchemas = {
  'page:view': z.object({
    url: z.string().min(1).max(LIMITS.urlLength),
    title: z.string().max(LIMITS.titleLength).optional(),
    referrer: z.string().max(LIMITS.urlLength).optional(),
  }),
  'page:activity': z.object({
    scrollDepth: z.number().min(0).max(100).optional(),
    idle: z.boolean().optional(),
    event: eventSchema.optional(),
  }),
  'profile:update': z.object({ fields: fieldsSchema }),
  'visitor:identify': z.object({ identity: z.string().min(1).max(LIMITS.identityLength) }),
  'chat:start': z.object({
    departmentId: idSchema.optional(),
    prechat: fieldsSchema.optional(),
    inviteId: idSchema.optional(),
  }),
  'message:send': messageSendSchema,
  'chat:resume': resumeSchema,
  typing: z.object({
    conversationId: idSchema,
    active: z.boolean(),
    text: z.string().max(LIMITS.previewLength).optional(),
  }),
  'message:seen': seenSchema,
  'chat:end': chatRefSchema,
  'chat:rate': z.object({
    conversationId: idSchema,
    score: z.int().min(1).max(5),
    comment: z.string().max(LIMITS.ratingCommentLength).optional(),
  }),
  'invite:answer': z.object({ inviteId: idSchema, accepted: z.boolean() }),
  'offline:submit': z.object({ email: emailSchema.optional(), text: z.string().min(1) }),
} satisfies Record<VisitorEventName, z.ZodType>;

type Schemas = typeof visitorEventSchemas;
/** Fails to compile when a schema and the protocol disagree. */
export const visitorEventsAgree: {
  [Name in VisitorEventName]: Matches<Schemas[Name], VisitorEvents[Name]['payload']>;
} = {
  'page:view': true,
  'page:activity': true,
  'profile:update': true,
  'visitor:identify': true,
  'chat:start': true,
  'message:send': true,
  'chat:resume': true,
  typing: true,
  'message:seen': true,
  'chat:end': true,
  'chat:rate': true,
  'invite:answer': true,
  'offline:submit': true,
};
