import { z } from 'zod';
import { ROLE_KEYS } from '../../protocol/index.ts';
import {
  displayNameSchema,
  instantSchema,
  newPasswordSchema,
  restEmailSchema,
  wireIdSchema,
} from './primitives.ts';

const rolesSchema = z
  .array(z.enum(ROLE_KEYS))
  .min(1)
  .max(ROLE_KEYS.length)
  .refine((roles) => new Set(roles).size === roles.length, 'each role may be there once');

export const createUserSchema = z.strictObject({
  email: restEmailSchema,
  name: displayNameSchema,
  password: newPasswordSchema,
  roles: rolesSchema,
});

export const changeUserSchema = z.strictObject({
  name: displayNameSchema.optional(),
  password: newPasswordSchema.optional(),
  roles: rolesSchema.optional(),
  disabled: z.boolean().optional(),
});

export const userSchema = z
  .object({
    id: wireIdSchema,
    email: z.string(),
    name: z.string(),
    roles: z.array(z.string()).readonly(),
    disabled: z.boolean(),
    createdAt: instantSchema,
  })
  .meta({ id: 'User' });

export const roleSchema = z
  .object({ key: z.enum(ROLE_KEYS), authorizations: z.array(z.string()).readonly() })
  .meta({ id: 'Role' });
