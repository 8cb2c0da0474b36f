import { z } from 'zod';
import {
  displayNameSchema,
  instantSchema,
  newPasswordSchema,
  restEmailSchema,
  wireIdSchema,
} from './primitives.ts';
import { departmentLimitsSchema, givenRolesSchema } from './roles.ts';

export const createUserSchema = z.strictObject({
  email: restEmailSchema,
  name: displayNameSchema,
  password: newPasswordSchema,
  roles: givenRolesSchema,
  departmentLimits: departmentLimitsSchema.optional(),
});

export const changeUserSchema = z.strictObject({
  name: displayNameSchema.optional(),
  password: newPasswordSchema.optional(),
  roles: givenRolesSchema.optional(),
  /** Goes with `roles`: roles without it are given for the whole account. */
  departmentLimits: departmentLimitsSchema.optional(),
  disabled: z.boolean().optional(),
});

export const userSchema = z
  .object({
    id: wireIdSchema,
    email: z.string(),
    name: z.string(),
    roles: z.array(z.string()).readonly(),
    departmentLimits: z.record(z.string(), z.array(z.string()).readonly()).exactOptional(),
    disabled: z.boolean(),
    createdAt: instantSchema,
  })
  .meta({ id: 'User' });
