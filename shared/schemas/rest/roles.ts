import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { idSchema } from '../common.ts';
import {
  displayNameSchema,
  instantQuerySchema,
  instantSchema,
  lineSchema,
  restEmailSchema,
  wireIdSchema,
} from './primitives.ts';

const ABOUT_LENGTH = 200;
const AUTHORIZATIONS_MAX = 200;

/** Each at most once. */
export const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** Keys of built-in roles and ids of the account's own; whether they exist is for the use case to say. */
const rolesSchema = z
  .array(idSchema)
  .max(LIMITS.rolesPerUser)
  .refine(distinct, 'each role may be there once');

/** Roles as they are given to a user. */
export const givenRolesSchema = rolesSchema.min(1);

export const departmentLimitsSchema = z.record(
  idSchema,
  z.array(idSchema).min(1).max(LIMITS.departmentsPerAccount).refine(distinct, 'each may be there once'),
);

const authorizationsSchema = z
  .array(z.string().min(1).max(64))
  .max(AUTHORIZATIONS_MAX)
  .refine(distinct, 'each authorization may be there once');

export const createRoleSchema = z.strictObject({
  name: displayNameSchema,
  /** An empty one takes it away. */
  about: z.union([z.literal(''), lineSchema(ABOUT_LENGTH)]).optional(),
  authorizations: authorizationsSchema.optional(),
  roles: rolesSchema.optional(),
});
export const changeRoleSchema = createRoleSchema.partial();

export const authorizationSchema = z
  .object({ key: z.string(), about: z.string(), reach: z.enum(['deployment', 'account', 'conversation']) })
  .meta({ id: 'Authorization' });

export const roleSchema = z
  .object({
    id: wireIdSchema,
    builtin: z.boolean(),
    name: z.string(),
    about: z.string(),
    authorizations: z.array(z.string()).readonly(),
    roles: z.array(z.string()).readonly(),
    effective: z
      .array(z.object({ authorization: z.string(), from: z.array(z.string()).readonly() }))
      .readonly(),
    createdAt: instantSchema.exactOptional(),
    updatedAt: instantSchema.exactOptional(),
  })
  .meta({ id: 'Role' });

const REASON_LENGTH = 500;

/** `operator` is the e-mail address of one; `userId` is an alternative to it. */
export const createAccessGrantSchema = z
  .strictObject({
    userId: idSchema.optional(),
    operator: restEmailSchema.optional(),
    roles: rolesSchema.optional(),
    authorizations: authorizationsSchema.optional(),
    reason: lineSchema(REASON_LENGTH),
    until: instantQuerySchema,
  })
  .refine(({ userId, operator }) => (userId === undefined) !== (operator === undefined), {
    path: ['operator'],
    message: 'give either userId or operator',
  })
  .refine(({ roles = [], authorizations = [] }) => roles.length + authorizations.length > 0, {
    path: ['roles'],
    message: 'give roles or authorizations',
  });

export const accessGrantSchema = z
  .object({
    id: wireIdSchema,
    userId: wireIdSchema,
    userName: z.string(),
    roles: z.array(z.string()).readonly(),
    authorizations: z.array(z.string()).readonly(),
    reason: z.string(),
    status: z.enum(['in-force', 'ended', 'revoked']),
    grantedBy: wireIdSchema,
    createdAt: instantSchema,
    until: instantSchema,
    revokedAt: instantSchema.exactOptional(),
    revokedBy: wireIdSchema.exactOptional(),
    firstUsedAt: instantSchema.exactOptional(),
    lastUsedAt: instantSchema.exactOptional(),
    uses: z.int(),
  })
  .meta({ id: 'AccessGrant' });
