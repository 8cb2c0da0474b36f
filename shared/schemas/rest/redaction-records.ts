import { z } from 'zod';
import { instantQuerySchema, instantSchema, wireIdSchema } from './primitives.ts';
import { redactionRuleSchema } from './redaction-rules.ts';

const snapshotSchema = redactionRuleSchema
  .omit({ id: true, createdAt: true, updatedAt: true, examples: true })
  .extend({ examples: z.object({ match: z.int(), noMatch: z.int() }) })
  .meta({ id: 'RedactionRuleSnapshot' });

/** One change of a rule; of its examples only the number is kept. */
export const redactionRuleChangeSchema = z
  .object({
    id: wireIdSchema,
    ruleId: wireIdSchema,
    at: instantSchema,
    userId: wireIdSchema,
    action: z.enum(['created', 'changed', 'removed']),
    before: snapshotSchema.exactOptional(),
    after: snapshotSchema.exactOptional(),
  })
  .meta({ id: 'RedactionRuleChange' });

export const redactionExportSchema = z
  .object({
    version: z.literal(1),
    rules: z
      .array(
        redactionRuleSchema
          .omit({ id: true, createdAt: true, updatedAt: true })
          .meta({ id: 'ExportedRedactionRule' }),
      )
      .readonly(),
  })
  .meta({ id: 'RedactionExport' });

export const changeRescanSchema = z.strictObject({ status: z.enum(['running', 'paused', 'cancelled']) });

export const redactionRescanSchema = z
  .object({
    id: wireIdSchema,
    status: z.enum(['running', 'paused', 'done', 'cancelled']),
    startedBy: wireIdSchema,
    total: z.int(),
    scanned: z.int(),
    changed: z.int(),
    failed: z.int(),
    startedAt: instantSchema,
    updatedAt: instantSchema,
    finishedAt: instantSchema.exactOptional(),
  })
  .meta({ id: 'RedactionRescan' });

export const redactionReportQuerySchema = z.strictObject({
  from: instantQuerySchema.optional(),
  to: instantQuerySchema.optional(),
});

export const redactionReportSchema = z
  .object({
    items: z
      .array(z.object({ ruleId: wireIdSchema, ruleName: z.string(), day: z.iso.date(), count: z.int() }))
      .readonly(),
  })
  .meta({ id: 'RedactionReport' });
