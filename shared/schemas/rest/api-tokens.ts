import { z } from 'zod';
import { displayNameSchema, instantSchema, wireIdSchema } from './primitives.ts';

const RANGES_MAX = 50;
const SCOPES_MAX = 100;
const SCOPE_LENGTH = 64;

const distinct = (items: readonly string[]): boolean => new Set(items).size === items.length;

const scopesSchema = z
  .array(z.string().min(1).max(SCOPE_LENGTH))
  .min(1)
  .max(SCOPES_MAX)
  .refine(distinct, 'each authorization may be there once');
const rangesSchema = z
  .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
  .max(RANGES_MAX)
  .refine(distinct, 'each range may be there once');
/** `null`: until it is removed. */
const expirySchema = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .nullable();

/** `POST /accounts/:a/api-tokens`. Without `expiresAt` the token is good for 90 days. */
export const createApiTokenSchema = z.strictObject({
  name: displayNameSchema,
  scopes: scopesSchema,
  expiresAt: expirySchema.optional(),
  addressRanges: rangesSchema.default([]),
});

export const changeApiTokenSchema = z.strictObject({
  name: displayNameSchema.optional(),
  scopes: scopesSchema.optional(),
  expiresAt: expirySchema.optional(),
  addressRanges: rangesSchema.optional(),
});

export const apiTokenSchema = z
  .object({
    id: wireIdSchema,
    name: z.string(),
    hint: z.string(),
    scopes: z.array(z.string()).readonly(),
    createdBy: wireIdSchema,
    addressRanges: z.array(z.string()).readonly(),
    createdAt: instantSchema,
    expiresAt: instantSchema.exactOptional(),
    lastUsedAt: instantSchema.exactOptional(),
  })
  .meta({ id: 'ApiToken' });

export const createdApiTokenSchema = apiTokenSchema
  .extend({ token: z.string() })
  .meta({ id: 'CreatedApiToken' });
