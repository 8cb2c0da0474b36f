import { z } from 'zod';
import { instantSchema, wireIdSchema } from './primitives.ts';

export const staffSessionSchema = z
  .object({
    id: wireIdSchema,
    client: z.string(),
    createdAt: instantSchema,
    lastUsedAt: instantSchema,
    current: z.boolean(),
  })
  .meta({ id: 'StaffSession' });

export const endedSessionsSchema = z.object({ ended: z.int() }).meta({ id: 'EndedSessions' });
