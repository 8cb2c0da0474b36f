import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { idSchema } from '../common.ts';
import { displayNameSchema, instantSchema, wireIdSchema } from './primitives.ts';
import { distinct } from './roles.ts';

export const createDepartmentSchema = z.strictObject({
  name: displayNameSchema,
  members: z
    .array(idSchema)
    .max(LIMITS.membersPerDepartment)
    .refine(distinct, 'each user may be there once')
    .optional(),
});
export const changeDepartmentSchema = createDepartmentSchema.partial();

export const departmentSchema = z
  .object({
    id: wireIdSchema,
    name: z.string(),
    members: z.array(wireIdSchema).readonly(),
    createdAt: instantSchema,
  })
  .meta({ id: 'Department' });
