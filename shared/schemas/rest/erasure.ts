import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { idSchema } from '../common.ts';
import { instantSchema, lineSchema, pageQuery, wireIdSchema } from './primitives.ts';

const REASON_LENGTH = 500;

const fieldSchema = z.string().min(1).max(LIMITS.fieldKeyLength);
const valueSchema = z.string().trim().min(1).max(LIMITS.fieldValueLength);

/** A visitor by one of their sessions, or a person by a field of the data-processing agreement. */
const subjectSchema = z.union([
  z.strictObject({ sessionId: idSchema }),
  z.strictObject({ field: fieldSchema, value: valueSchema }),
]);
export const subjectRequestSchema = subjectSchema;

export const placeHoldSchema = z.strictObject({
  reason: lineSchema(REASON_LENGTH),
  scope: z.union([
    z.strictObject({ conversationId: idSchema }),
    z.strictObject({ sessionId: idSchema }),
    z.strictObject({ field: fieldSchema, value: valueSchema }),
  ]),
});

export const listHoldsSchema = z.strictObject({
  ...pageQuery,
  status: z.enum(['active', 'released']).optional(),
});

export const eraseAccountSchema = z.strictObject({ confirm: z.string().min(1).max(LIMITS.nameLength) });
export const eraseAnyAccountSchema = z.strictObject({
  accountId: idSchema,
  confirm: z.string().min(1).max(LIMITS.nameLength),
});

const PREVIEW_DAYS_MAX = 60;
const days = z.coerce.number().int().min(1).max(PREVIEW_DAYS_MAX).default(7);
export const expiryPreviewSchema = z.strictObject({ days });
export const listExpiringSchema = z.strictObject({ ...pageQuery, days });

export const exportFormatSchema = z.strictObject({ format: z.enum(['json', 'html']).default('html') });

const conversationScope = z.object({ kind: z.literal('conversation'), conversationId: wireIdSchema });
const visitorScope = z.object({ kind: z.literal('visitor'), sessionId: wireIdSchema });
const personScope = z.object({ kind: z.literal('subject'), field: z.string(), valueHash: z.string() });
const addressScope = z.object({ kind: z.literal('address'), addressHash: z.string() });
const accountScope = z.object({ kind: z.literal('account') });
const countsSchema = z.record(z.string(), z.int());

const statementSchema = z.object({
  type: z.literal('erasure-certificate.1'),
  id: wireIdSchema,
  accountId: wireIdSchema,
  scope: z.union([conversationScope, visitorScope, personScope, addressScope, accountScope]),
  erasedBy: z.object({
    kind: z.enum(['user', 'token', 'system', 'visitor']),
    id: wireIdSchema.exactOptional(),
  }),
  startedAt: instantSchema,
  finishedAt: instantSchema,
  counts: countsSchema,
});

export const certificateSchema = z
  .object({
    id: wireIdSchema,
    algorithm: z.literal('Ed25519'),
    keyId: z.string(),
    publicKey: z.string(),
    statement: statementSchema,
    signature: z.string(),
  })
  .meta({ id: 'ErasureCertificate' });

export const publicKeySchema = z
  .object({ algorithm: z.literal('Ed25519'), keyId: z.string(), publicKey: z.string() })
  .meta({ id: 'CertificatePublicKey' });

const hold = z.object({
  id: wireIdSchema,
  status: z.enum(['active', 'released']),
  scope: z.union([conversationScope, visitorScope, personScope]),
  reason: z.string(),
  placedBy: wireIdSchema,
  placedAt: instantSchema,
  releasedBy: wireIdSchema.exactOptional(),
  releasedAt: instantSchema.exactOptional(),
});
export const legalHoldSchema = hold.meta({ id: 'LegalHold' });
export const legalHoldDetailSchema = hold
  .extend({
    conversationIds: z.array(wireIdSchema).readonly(),
    sessionIds: z.array(wireIdSchema).readonly(),
  })
  .meta({ id: 'LegalHoldDetail' });

export const dataRequestSchema = z
  .object({
    id: wireIdSchema,
    purpose: z.enum(['access', 'erasure']),
    scope: z.union([visitorScope, personScope, accountScope]),
    status: z.enum(['finding', 'erasing', 'done', 'refused']),
    startedBy: wireIdSchema,
    startedAt: instantSchema,
    finishedAt: instantSchema.exactOptional(),
    scanned: z.int(),
    found: z.int(),
    held: z.int(),
    counts: countsSchema,
    certificateId: wireIdSchema.exactOptional(),
  })
  .meta({ id: 'DataRequest' });

export const expirySchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    retentionDays: z.int(),
    days: z.array(z.object({ date: z.iso.date(), conversations: z.int() })).readonly(),
    held: z.int(),
  })
  .meta({ id: 'ExpiryPreview' });
