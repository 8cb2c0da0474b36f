import { z } from 'zod';
import { instantQuerySchema, wireIdSchema } from './primitives.ts';

export const conversationReportQuerySchema = z.strictObject({
  from: instantQuerySchema.optional(),
  to: instantQuerySchema.optional(),
});

const figures = {
  started: z.int(),
  taken: z.int(),
  averageWaitMs: z.int().exactOptional(),
  longestWaitMs: z.int().exactOptional(),
  closed: z.int(),
  abandoned: z.int(),
  handled: z.int(),
  averageHandlingMs: z.int().exactOptional(),
  rated: z.int(),
  averageRating: z.number().exactOptional(),
};

const named = { name: z.string().exactOptional(), ...figures };

export const conversationReportSchema = z
  .object({
    total: z.object(figures),
    days: z.array(z.object({ day: z.iso.date(), ...figures })).readonly(),
    agents: z.array(z.object({ agentId: wireIdSchema, ...named })).readonly(),
    departments: z.array(z.object({ departmentId: wireIdSchema, ...named })).readonly(),
  })
  .meta({ id: 'ConversationReport' });
