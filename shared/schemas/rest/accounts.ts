import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { FILE_KINDS } from '../../protocol/index.ts';
import { fileKindSchema } from './attachments.ts';
import {
  displayNameSchema,
  lineSchema,
  newPasswordSchema,
  restEmailSchema,
  siteKeySchema,
  wireIdSchema,
} from './primitives.ts';
import { distinctKeys, fieldKeySchema } from './sites.ts';

/** Longest life that may be set for transcripts, the activity log and the audit log, in days. */
export const RETENTION_DAYS_MAX = { transcripts: 3_650, logs: 7, audit: 3_650 } as const;
/** A record of who did what is of no use to a controller who asks a month later. */
const AUDIT_RETENTION_DAYS_MIN = 30;

const RECORDING_DAYS_MAX = 90;
const REGION_LENGTH = 64;
const INTERVALS_MAX = 70;
const CAPACITY_MAX = 100;
const GRACE_MS = { min: 1_000, max: 600_000 } as const;

const regionSchema = z
  .string()
  .min(1)
  .max(REGION_LENGTH)
  .regex(/^[A-Za-z0-9-]+$/);

/** A name from the IANA time zone database that this runtime knows. */
export const timeZoneSchema = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/)
  .refine(isTimeZone, 'must be an IANA time zone such as Europe/Stockholm');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

const clockTimeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be HH:MM, 24:00 at the most');

export const intervalSchema = z
  .strictObject({ weekday: z.int().min(1).max(7), from: clockTimeSchema, to: clockTimeSchema })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be later than from' });

const customFieldSchema = z.strictObject({
  key: fieldKeySchema,
  label: displayNameSchema,
  category: displayNameSchema,
  searchable: z.boolean(),
  retentionDays: z.int().min(1).max(RETENTION_DAYS_MAX.transcripts).exactOptional(),
  keepAsGiven: z.boolean().exactOptional(),
});

const publishingSchema = z.enum(['immediate', 'manual']);

const parts = {
  activityLog: z.strictObject({ reasonRequired: z.boolean() }),
  businessHours: z.strictObject({
    alwaysOpen: z.boolean(),
    intervals: z.array(intervalSchema).max(INTERVALS_MAX),
  }),
  dpa: z.strictObject({
    customFields: z
      .array(customFieldSchema)
      .max(LIMITS.fieldsPerProfile)
      .refine(distinctKeys, 'each key may be there once'),
  }),
  redaction: z.strictObject({ applyTo: z.enum(['store', 'store-and-delivery']) }),
  attachments: z.strictObject({
    enabled: z.boolean(),
    kinds: z
      .array(fileKindSchema)
      .max(Object.keys(FILE_KINDS).length)
      .refine((kinds) => new Set(kinds).size === kinds.length, 'each kind may be there once'),
  }),
  signIn: z.strictObject({ secondFactorRequired: z.boolean() }),
  routing: z.strictObject({
    assignment: z.enum(['automatic', 'manual']),
    defaultCapacity: z.int().min(0).max(CAPACITY_MAX),
    agentGraceMs: z.int().min(GRACE_MS.min).max(GRACE_MS.max),
  }),
  recordings: z.strictObject({
    samplePercent: z.number().min(0).max(100),
    retentionDays: z.int().min(1).max(RECORDING_DAYS_MAX),
  }),
};

/** `PATCH /accounts/:a/settings`: what is named changes, lists are replaced whole, the rest stays. */
export const changeSettingsSchema = z.strictObject({
  name: displayNameSchema.optional(),
  transcriptRetentionDays: z.int().min(1).max(RETENTION_DAYS_MAX.transcripts).optional(),
  logRetentionDays: z.int().min(1).max(RETENTION_DAYS_MAX.logs).optional(),
  auditRetentionDays: z.int().min(AUDIT_RETENTION_DAYS_MIN).max(RETENTION_DAYS_MAX.audit).optional(),
  activityLog: parts.activityLog.optional(),
  region: regionSchema.optional(),
  timeZone: timeZoneSchema.optional(),
  businessHours: parts.businessHours.partial().optional(),
  dpa: parts.dpa.partial().optional(),
  redaction: parts.redaction.partial().optional(),
  attachments: parts.attachments.partial().optional(),
  signIn: parts.signIn.optional(),
  routing: parts.routing.partial().optional(),
  engagement: z
    .strictObject({
      publishing: publishingSchema.optional(),
      recordings: parts.recordings.partial().optional(),
    })
    .optional(),
});

/** An account's settings as answered. */
export const settingsSchema = z
  .object({
    name: z.string(),
    transcriptRetentionDays: z.int(),
    logRetentionDays: z.int(),
    auditRetentionDays: z.int(),
    activityLog: parts.activityLog,
    region: z.string(),
    timeZone: z.string(),
    businessHours: z.object({ alwaysOpen: z.boolean(), intervals: z.array(intervalSchema).readonly() }),
    dpa: z.object({ customFields: z.array(customFieldSchema).readonly() }),
    redaction: parts.redaction,
    attachments: z.object({ enabled: z.boolean(), kinds: z.array(fileKindSchema).readonly() }),
    signIn: parts.signIn.exactOptional(),
    routing: parts.routing,
    engagement: z.object({ publishing: publishingSchema, recordings: parts.recordings }),
  })
  .meta({ id: 'AccountSettings' });

/** `POST /accounts`. */
export const createAccountSchema = z.strictObject({
  name: lineSchema(LIMITS.nameLength),
  region: regionSchema.optional(),
  siteKey: siteKeySchema.optional(),
  admin: z.strictObject({ email: restEmailSchema, name: displayNameSchema, password: newPasswordSchema }),
});

export const createdAccountSchema = z
  .object({ id: wireIdSchema, name: z.string() })
  .meta({ id: 'CreatedAccount' });
