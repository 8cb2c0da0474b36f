import { z } from 'zod';
import { instantSchema, wireIdSchema } from './primitives.ts';

export const fieldSweepSchema = z
  .object({
    id: wireIdSchema,
    status: z.enum(['running', 'done']),
    total: z.int(),
    scanned: z.int(),
    changed: z.int(),
    failed: z.int(),
    startedAt: instantSchema,
    updatedAt: instantSchema,
    finishedAt: instantSchema.exactOptional(),
  })
  .meta({ id: 'FieldSweep' });
