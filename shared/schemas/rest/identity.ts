import { z } from 'zod';
import { IDENTITY_ALGORITHMS } from '../../protocol/index.ts';
import { displayNameSchema, instantSchema, wireIdSchema } from './primitives.ts';

const PEM_LENGTH = 4_096;
const algorithmSchema = z.enum(IDENTITY_ALGORITHMS);
const publicKeySchema = z
  .string()
  .max(PEM_LENGTH)
  .regex(
    /^-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/,
    'must be a public key as PEM',
  );

/** An HS256 secret is made by the server; of the others the public key is given. */
export const createIdentityKeySchema = z
  .strictObject({
    name: displayNameSchema,
    algorithm: algorithmSchema,
    publicKey: publicKeySchema.optional(),
  })
  .refine(({ algorithm, publicKey }) => (algorithm === 'HS256') === (publicKey === undefined), {
    path: ['publicKey'],
    message: 'belongs to RS256 and ES256, and to them alone',
  });

const identityKey = z.object({
  id: wireIdSchema,
  name: z.string(),
  algorithm: algorithmSchema,
  publicKey: z.string().exactOptional(),
  createdAt: instantSchema,
});
export const identityKeySchema = identityKey.meta({ id: 'IdentityKey' });
export const createdIdentityKeySchema = identityKey
  .extend({ secret: z.string().exactOptional() })
  .meta({ id: 'CreatedIdentityKey' });
