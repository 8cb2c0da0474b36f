import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { idSchema } from '../common.ts';
import { fileSchema } from './attachments.ts';
import { decisionSchema } from './engagement-rules.ts';
import { instantQuerySchema, instantSchema, pageQuery, wireIdSchema } from './primitives.ts';
import { fieldKeySchema } from './sites.ts';

/** Each costs a look into the index for every conversation found by the first. */
const FIELDS_PER_SEARCH = 5;
const NAME_LENGTH_SHOWN = 64;

const statusSchema = z.enum(['queued', 'active', 'closed']);

const searchedBy = {
  agentId: idSchema.optional(),
  caseId: z.string().min(1).max(LIMITS.caseIdLength).optional(),
  tag: z.string().min(1).max(LIMITS.tagLength).optional(),
  departmentId: idSchema.optional(),
  status: statusSchema.optional(),
  from: instantQuerySchema.optional(),
  to: instantQuerySchema.optional(),
};

const FIELD_PARAMETER = /^field\.(.+)$/;
const fieldValueSchema = z.string().min(1).max(LIMITS.fieldValueLength);

/** `?field.<key>=<value>` beside the others; see {@link fieldsOf}. */
export const listConversationsSchema = z
  .object({ ...pageQuery, ...searchedBy })
  .catchall(fieldValueSchema)
  .superRefine((query, context) => {
    const known = new Set([...Object.keys(searchedBy), ...Object.keys(pageQuery)]);
    for (const name of Object.keys(query)) {
      if (known.has(name) || fieldKeySchema.safeParse(FIELD_PARAMETER.exec(name)?.[1]).success) continue;
      context.addIssue({
        code: 'custom',
        path: [name.slice(0, NAME_LENGTH_SHOWN)],
        message: 'is not known here',
      });
    }
  });

/** Values of profile fields that a query names as `field.<key>`. */
export function fieldsOf(query: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const fields = Object.entries(query).flatMap(([name, value]) => {
    const key = FIELD_PARAMETER.exec(name)?.[1];
    return key === undefined || typeof value !== 'string' ? [] : [[key, value] as const];
  });
  return Object.fromEntries(fields);
}

/** The same search with its values in the body, where no proxy's log gets to see them. */
export const searchConversationsSchema = z.strictObject({
  ...pageQuery,
  ...searchedBy,
  fields: z
    .record(fieldKeySchema, fieldValueSchema)
    .refine((fields) => Object.keys(fields).length <= FIELDS_PER_SEARCH, 'names too many fields')
    .optional(),
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
  /** `files`: with their bytes, in base64 (json) or as links (html); a plain text names them only. */
  include: z
    .enum(['files'])
    .optional()
    .transform((include) => include === 'files'),
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
  engagement: z
    .object({
      inviteId: wireIdSchema,
      ruleId: wireIdSchema,
      ruleName: z.string(),
      variant: z.string().exactOptional(),
      score: z.number(),
      decidedAt: instantSchema,
    })
    .exactOptional(),
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
    file: fileSchema.exactOptional(),
  })
  .meta({ id: 'Message' });

const profileSchema = z
  .object({
    fields: z.record(z.string(), z.string()),
    prechat: z.record(z.string(), z.string()),
    pages: z
      .array(
        z.object({
          url: z.string(),
          title: z.string().exactOptional(),
          at: instantSchema,
          scrollDepth: z.number().exactOptional(),
        }),
      )
      .readonly(),
    referrer: z.string().exactOptional(),
    ratingComment: z.string().exactOptional(),
    decision: decisionSchema.exactOptional(),
    masked: z.literal(true).exactOptional(),
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
