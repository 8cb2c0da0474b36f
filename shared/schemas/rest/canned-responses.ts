import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { idSchema } from '../common.ts';
import { freeText } from '../free-text.ts';
import { instantSchema, lineSchema, wireIdSchema } from './primitives.ts';

const shortcutSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{Ll}\p{N}][\p{Ll}\p{N}_-]{0,31}$/u, 'must have 1 to 32 letters, digits, - or _');
const textSchema = freeText(z.string().trim().min(1).max(LIMITS.cannedResponseLength));
const tagsSchema = z.array(lineSchema(LIMITS.tagLength)).max(LIMITS.tagsPerConversation);

export const createCannedResponseSchema = z.strictObject({
  shortcut: shortcutSchema,
  text: textSchema,
  tags: tagsSchema.default([]),
  departmentId: idSchema.optional(),
});

/** `departmentId: null` makes it one for all. */
export const changeCannedResponseSchema = z.strictObject({
  shortcut: shortcutSchema.optional(),
  text: textSchema.optional(),
  tags: tagsSchema.optional(),
  departmentId: idSchema.nullable().optional(),
});

export const cannedResponseSchema = z
  .object({
    id: wireIdSchema,
    shortcut: z.string(),
    text: z.string(),
    tags: z.array(z.string()).readonly(),
    departmentId: wireIdSchema.exactOptional(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: 'CannedResponse' });

export const fillCannedResponseSchema = z.strictObject({ conversationId: idSchema });

export const filledCannedResponseSchema = z
  .object({ text: z.string(), redacted: z.int(), missing: z.array(z.string()).readonly() })
  .meta({ id: 'FilledCannedResponse' });
