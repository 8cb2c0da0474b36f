import { z } from 'zod';
import { instantSchema, wireIdSchema } from './primitives.ts';

export const masterKeysSchema = z
  .object({
    items: z
      .array(
        z
          .object({
            id: wireIdSchema,
            current: z.boolean(),
            available: z.boolean(),
            accountKeys: z.int(),
            namedKeys: z.int(),
          })
          .meta({ id: 'MasterKey' }),
      )
      .readonly(),
  })
  .meta({ id: 'MasterKeys' });

export const accountKeysSchema = z
  .object({
    versions: z
      .array(
        z.object({
          version: z.int(),
          current: z.boolean(),
          masterKeyId: wireIdSchema,
          createdAt: instantSchema,
          dataKeys: z.int(),
        }),
      )
      .readonly(),
    namedKeys: z
      .array(z.object({ purpose: z.string(), version: z.int(), createdAt: instantSchema }))
      .readonly(),
  })
  .meta({ id: 'AccountKeys' });

export const keyRotationSchema = z
  .object({
    id: wireIdSchema,
    status: z.enum(['running', 'done']),
    startedBy: z.string(),
    target: z.string(),
    total: z.int(),
    rewrapped: z.int(),
    failed: z.int(),
    startedAt: instantSchema,
    updatedAt: instantSchema,
    finishedAt: instantSchema.exactOptional(),
  })
  .meta({ id: 'KeyRotation' });
