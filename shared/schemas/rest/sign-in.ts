import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { signInSchema } from './auth.ts';
import { instantSchema, newPasswordSchema, wireIdSchema } from './primitives.ts';

export const staffSessionSchema = z
  .object({
    id: wireIdSchema,
    client: z.string(),
    createdAt: instantSchema,
    lastUsedAt: instantSchema,
    current: z.boolean(),
  })
  .meta({ id: 'StaffSession' });

export const staffSessionsSchema = z.object({ items: z.array(staffSessionSchema).readonly() });

export const endedSessionsSchema = z.object({ ended: z.int() }).meta({ id: 'EndedSessions' });

const TOKEN_LENGTH = 1_024;
const CODE_LENGTH = 40;
const tokenSchema = z.string().min(1).max(TOKEN_LENGTH);
const codeSchema = z.string().trim().min(1).max(CODE_LENGTH);
const oldPasswordSchema = z.string().min(1).max(LIMITS.passwordMaxLength);

export const challengeSchema = z
  .object({
    secondFactor: z.object({
      kind: z.enum(['code', 'setup']),
      challenge: z.string(),
      expiresIn: z.int(),
    }),
  })
  .meta({ id: 'SecondFactorChallenge' });

/** What `POST /auth/login` answers. */
export const loginAnswerSchema = z.union([signInSchema, challengeSchema]);

const recoveryCodes = z.array(z.string()).readonly();

export const secondFactorSignInSchema = signInSchema
  .extend({ recoveryCodes: recoveryCodes.exactOptional() })
  .meta({ id: 'SecondFactorSignIn' });

export const passChallengeSchema = z.strictObject({ challenge: tokenSchema, code: codeSchema });
export const setUpAtSignInSchema = z.strictObject({ challenge: tokenSchema });

export const passwordAgainSchema = z.strictObject({ password: oldPasswordSchema });
export const codeAgainSchema = z.strictObject({ code: codeSchema });
export const passwordAndCodeSchema = z.strictObject({ password: oldPasswordSchema, code: codeSchema });
export const changePasswordSchema = z.strictObject({
  currentPassword: oldPasswordSchema,
  newPassword: newPasswordSchema,
});
export const resetPasswordSchema = z.strictObject({ token: tokenSchema, newPassword: newPasswordSchema });

export const totpSetupSchema = z
  .object({ secret: z.string(), address: z.string() })
  .meta({ id: 'TotpSetup' });
export const recoveryCodesSchema = z.object({ recoveryCodes }).meta({ id: 'RecoveryCodes' });
export const secondFactorStatusSchema = z
  .object({
    enabled: z.boolean(),
    enabledAt: instantSchema.exactOptional(),
    required: z.boolean(),
    recoveryCodesLeft: z.int(),
  })
  .meta({ id: 'SecondFactorStatus' });

export const createdPasswordResetSchema = z
  .object({ token: z.string(), expiresAt: instantSchema })
  .meta({ id: 'CreatedPasswordReset' });

export const identityProvidersSchema = z.object({
  items: z.array(z.object({ name: z.string() })).readonly(),
});
export const begunProviderSignInSchema = z
  .object({ address: z.string(), flow: z.string() })
  .meta({ id: 'BegunProviderSignIn' });

const PROVIDER_TEXT_LENGTH = 4_096;
/** What the provider sent the browser back with, and the `flow` that the browser kept. */
export const finishProviderSignInSchema = z.strictObject({
  flow: tokenSchema,
  state: tokenSchema,
  code: z.string().min(1).max(PROVIDER_TEXT_LENGTH),
  issuer: z.string().min(1).max(PROVIDER_TEXT_LENGTH).optional(),
});
