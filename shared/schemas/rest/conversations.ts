import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { idSchema } from '../common.ts';
import { instantQuerySchema, instantSchema, pageQuery, wireIdSchema } from './primitives.ts';

const statusSchema = z.enum(['queued', 'active', 'closed']);

export const listConversationsSchema = z.strictObject({
  ...pageQuery,
  agentId: idSchema.optional(),
  caseId: z.string().min(1).max(LIMITS.caseIdLength).optional(),
  status: statusSchema.optional(),
  from: instantQuerySchema.optional(),
  to: instantQuerySchema.optional(),
});

/** `?include=messages,profile` becomes which of the two were asked for. */
export const getConversationSchema = z.strictObject({
  include: z
    .string()
    .max(64)
    .regex(
      /^(messages|profile)(,(messages|profile))*$/,
      'must be messages, profile or both, with a comma between',
    )
    .optional()
    .transform((list) => ({
      messages: list?.includes('messages') ?? false,
      profile: list?.includes('profile') ?? false,
    })),
});

export const exportConversationSchema = z.strictObject({
  format: z.enum(['json', 'html', 'txt']).default('json'),
});

const conversation = z.object({
  id: wireIdSchema,
  caseId: z.string(),
  status: statusSchema,
  siteId: wireIdSchema,
  sessionId: wireIdSchema,
  agent: z.object({ id: wireIdSchema, name: z.string() }).exactOptional(),
  departmentId: wireIdSchema.exactOptional(),
  tags: z.array(z.string()).readonly(),
  startedAt: instantSchema,
  queuedAt: instantSchema,
  assignedAt: instantSchema.exactOptional(),
  closedAt: instantSchema.exactOptional(),
  closedBy: z.enum(['visitor', 'agent', 'system']).exactOptional(),
  rating: z.number().exactOptional(),
  expiresAt: instantSchema,
  visitorOnline: z.boolean().exactOptional(),
});
export const conversationSchema = conversation.meta({ id: 'Conversation' });

const messageSchema = z
  .object({
    id: wireIdSchema,
    conversationId: wireIdSchema,
    seq: z.int(),
    clientId: z.string().exactOptional(),
    from: z.object({
      kind: z.enum(['visitor', 'agent', 'bot', 'system']),
      id: wireIdSchema.exactOptional(),
      name: z.string().exactOptional(),
    }),
    kind: z.enum(['text', 'note', 'event', 'file']),
    text: z.string(),
    at: instantSchema,
    redacted: z.int(),
  })
  .meta({ id: 'Message' });

const profileSchema = z
  .object({
    fields: z.record(z.string(), z.string()),
    prechat: z.record(z.string(), z.string()),
    pages: z
      .array(z.object({ url: z.string(), title: z.string().exactOptional(), at: instantSchema }))
      .readonly(),
    referrer: z.string().exactOptional(),
    ratingComment: z.string().exactOptional(),
    language: z.string().exactOptional(),
    browser: z.string().exactOptional(),
    os: z.string().exactOptional(),
    device: z.string().exactOptional(),
  })
  .meta({ id: 'Profile' });

export const transcriptSchema = conversation
  .extend({
    messages: z.array(messageSchema).readonly().exactOptional(),
    profile: profileSchema.exactOptional(),
  })
  .meta({ id: 'Transcript' });

export const erasedSchema = z
  .object({ erased: z.literal(true), certificateId: wireIdSchema })
  .meta({ id: 'Erased' });
