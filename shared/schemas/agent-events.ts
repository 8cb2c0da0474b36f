import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import type { AgentEventName, AgentEvents } from '../protocol/agent-events.ts';
import { idSchema, type Matches, plainTextSchema } from './common.ts';
import { chatRefSchema, messageSendSchema, resumeSchema, seenSchema } from './message.ts';

const emptySchema = z.strictObject({});

/** One validator for each event that a staff client may send. */
export const agentEventSchemas = {
  'presence:set': z.object({
    status: z.enum(['online', 'away', 'offline']),
    capacity: z.int().min(0).max(100).optional(),
  }),
  'presence:list': emptySchema,
  'queue:list': emptySchema,
  'chat:list': emptySchema,
  'chat:accept': chatRefSchema,
  'message:send': messageSendSchema,
  'note:add': messageSendSchema,
  'chat:resume': resumeSchema,
  typing: z.object({ conversationId: idSchema, active: z.boolean() }),
  'message:seen': seenSchema,
  'chat:close': chatRefSchema,
  'chat:tag': z.object({
    conversationId: idSchema,
    tags: z.array(plainTextSchema.trim().min(1).max(LIMITS.tagLength)).max(LIMITS.tagsPerConversation),
  }),
  'chat:case': z.object({
    conversationId: idSchema,
    caseId: plainTextSchema.trim().min(1).max(LIMITS.caseIdLength),
  }),
  /** Which of the two it is to be is for the use case to ask. */
  'chat:transfer': z.object({
    conversationId: idSchema,
    toAgentId: idSchema.optional(),
    toDepartmentId: idSchema.optional(),
    note: plainTextSchema.trim().min(1).max(LIMITS.messageLength).optional(),
  }),
  'chat:monitor': z.object({ conversationId: idSchema, active: z.boolean().optional() }),
  'chat:whisper': messageSendSchema,
  'chat:takeover': chatRefSchema,
  'visitor:list': z.object({}),
  'visitor:invite': z.object({
    sessionId: idSchema,
    message: z.string().trim().min(1).max(LIMITS.inviteLength),
  }),
} satisfies Record<AgentEventName, z.ZodType>;

type Schemas = typeof agentEventSchemas;
/** Fails to compile when a schema and the protocol disagree. */
export const agentEventsAgree: {
  [Name in AgentEventName]: Matches<Schemas[Name], AgentEvents[Name]['payload']>;
} = {
  'presence:set': true,
  'presence:list': true,
  'queue:list': true,
  'chat:list': true,
  'chat:accept': true,
  'message:send': true,
  'note:add': true,
  'chat:resume': true,
  typing: true,
  'message:seen': true,
  'chat:close': true,
  'chat:tag': true,
  'chat:case': true,
  'chat:transfer': true,
  'chat:monitor': true,
  'chat:whisper': true,
  'chat:takeover': true,
  'visitor:list': true,
  'visitor:invite': true,
};
