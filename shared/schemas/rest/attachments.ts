import { z } from 'zod';
import { FILE_KINDS, type FileKind } from '../../protocol/index.ts';
import { instantSchema, wireIdSchema } from './primitives.ts';

export const fileKindSchema = z.enum(Object.keys(FILE_KINDS) as [FileKind, ...FileKind[]]);

/** The file of a message. */
export const fileSchema = z
  .object({ id: wireIdSchema, kind: fileKindSchema, contentType: z.string(), sizeBytes: z.int() })
  .meta({ id: 'File' });

/** The answer to an upload: its message as stored. */
export const sentFileSchema = z
  .object({
    id: wireIdSchema,
    seq: z.int(),
    at: instantSchema,
    text: z.string(),
    redacted: z.int(),
    removed: z.array(z.object({ ruleId: wireIdSchema, name: z.string(), count: z.int() })).readonly(),
    file: fileSchema.exactOptional(),
  })
  .meta({ id: 'SentFile' });

export const attachmentPolicySchema = z
  .object({
    enabled: z.boolean(),
    kinds: z.array(fileKindSchema).readonly(),
    maxBytes: z.int(),
    maxTextBytes: z.int(),
  })
  .meta({ id: 'AttachmentPolicy' });
