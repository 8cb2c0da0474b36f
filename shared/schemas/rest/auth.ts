import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { restEmailSchema, wireIdSchema } from './primitives.ts';

/** `POST /auth/login`. A password of any length up to the limit is tried: the rule for new ones may change. */
export const loginSchema = z.strictObject({
  email: restEmailSchema,
  password: z.string().min(1).max(LIMITS.passwordMaxLength),
});

const REFRESH_TOKEN_LENGTH = 200;

/** `POST /auth/refresh` and `POST /auth/logout`. */
export const refreshSchema = z.strictObject({ refreshToken: z.string().min(1).max(REFRESH_TOKEN_LENGTH) });

export const signedInUserSchema = z
  .object({
    id: wireIdSchema,
    email: z.string(),
    name: z.string(),
    accounts: z
      .array(
        z.object({
          id: wireIdSchema,
          name: z.string(),
          roles: z.array(z.string()).readonly(),
          authorizations: z.array(z.string()).readonly(),
          grantedUntil: z.iso.datetime().exactOptional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'SignedInUser' });

export const signInSchema = z
  .object({
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresIn: z.int(),
    user: signedInUserSchema,
  })
  .meta({ id: 'SignIn' });
