import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { idSchema, plainTextSchema } from './common.ts';

/** Names a conversation and nothing else. */
export const chatRefSchema = z.object({ conversationId: idSchema });

/**
 * A message to send. Its length is judged in the pipeline, which answers `message.too_long`;
 * here only a bound that no honest client passes.
 */
export const messageSendSchema = z.object({
  conversationId: idSchema,
  clientId: plainTextSchema.min(1).max(LIMITS.clientIdLength),
  text: z.string().min(1),
});

export const resumeSchema = z.object({ conversationId: idSchema, afterSeq: z.int().min(0) });
export const seenSchema = z.object({ conversationId: idSchema, seq: z.int().min(0) });
