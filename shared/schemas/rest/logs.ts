import { z } from 'zod';
import { idSchema } from '../common.ts';
import { instantQuerySchema, instantSchema, lineSchema, pageQuery, wireIdSchema } from './primitives.ts';

/** An IPv4 or IPv6 address; what the caller typed is put into the form that the log is kept in elsewhere. */
const addressSchema = z.union([z.ipv4(), z.ipv6()]);

/** Long enough that a key pressed at random does not do. */
const REASON_LENGTH = { min: 8, max: 200 } as const;

/** Exactly one of the three says what is looked for. */
export const listActivitySchema = z
  .strictObject({
    ...pageQuery,
    sessionId: idSchema.optional(),
    conversationId: idSchema.optional(),
    ip: addressSchema.optional(),
    reason: lineSchema(REASON_LENGTH.max)
      .refine(
        (text) => text.length >= REASON_LENGTH.min,
        `must say why, in ${REASON_LENGTH.min} characters or more`,
      )
      .optional(),
  })
  .refine(
    ({ sessionId, conversationId, ip }) =>
      [sessionId, conversationId, ip].filter((given) => given !== undefined).length === 1,
    'exactly one of sessionId, conversationId and ip must be given',
  );

export const eraseActivitySchema = z.strictObject({ ip: addressSchema });

export const activitySchema = z
  .object({
    sessionId: wireIdSchema,
    ip: z.string(),
    userAgent: z.string(),
    connectedAt: instantSchema,
    disconnectedAt: instantSchema.exactOptional(),
  })
  .meta({ id: 'Activity' });

export const deletedSchema = z
  .object({ deleted: z.int(), certificateId: wireIdSchema })
  .meta({ id: 'Deleted' });

const auditSearch = {
  action: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9._-]*$/)
    .optional(),
  actorId: idSchema.optional(),
  targetKind: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z-]*$/)
    .optional(),
  targetId: idSchema.optional(),
  from: instantQuerySchema.optional(),
  to: instantQuerySchema.optional(),
};

export const listAuditSchema = z.strictObject({ ...pageQuery, ...auditSearch });

export const exportAuditSchema = z.strictObject({
  ...auditSearch,
  format: z.enum(['csv', 'json']).default('json'),
});

export const auditVerificationSchema = z
  .object({
    ok: z.boolean(),
    entries: z.int(),
    unchained: z.int(),
    checkedAt: instantSchema,
    head: z.object({ seq: z.int(), hash: z.string() }).exactOptional(),
    purgedUpTo: z.int().exactOptional(),
    fault: z
      .object({
        kind: z.enum(['head_missing', 'anchor_forged', 'altered', 'missing', 'truncated']),
        seq: z.int(),
      })
      .exactOptional(),
  })
  .meta({ id: 'AuditVerification' });

export const auditEntrySchema = z
  .object({
    id: wireIdSchema,
    at: instantSchema,
    actor: z.object({
      kind: z.enum(['user', 'token', 'system', 'visitor']),
      id: wireIdSchema.exactOptional(),
    }),
    action: z.string(),
    target: z.object({ kind: z.string(), id: wireIdSchema }).exactOptional(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    seq: z.int().exactOptional(),
    previous: z.string().exactOptional(),
    hash: z.string().exactOptional(),
  })
  .meta({ id: 'AuditEntry' });
