import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { displayNameSchema, instantSchema, wireIdSchema } from './primitives.ts';

const FLAGS_LENGTH = 6;
const EXAMPLE_LENGTH = 500;
const EXAMPLES_PER_LIST = 50;
const KEY_LENGTH = 64;
const ORDER_MAX = 1_000_000;

const replacementSchema = z.union([
  z.string().max(LIMITS.replacementLength),
  z.strictObject({
    keepLast: z.int().min(0).max(8),
    mask: z.string().min(1).max(LIMITS.replacementLength),
  }),
]);

const scopeSchema = z.strictObject({
  from: z
    .array(z.enum(['visitor', 'agent']))
    .min(1)
    .max(2),
  places: z
    .array(z.enum(['message', 'profile', 'url']))
    .min(1)
    .max(3),
});

const examplesSchema = z.strictObject({
  match: z.array(z.string().max(EXAMPLE_LENGTH)).max(EXAMPLES_PER_LIST),
  noMatch: z.array(z.string().max(EXAMPLE_LENGTH)).max(EXAMPLES_PER_LIST),
});

const rule = z.strictObject({
  name: displayNameSchema,
  pattern: z.string().min(1).max(LIMITS.patternLength),
  flags: z.string().max(FLAGS_LENGTH).optional(),
  check: z.string().min(1).max(KEY_LENGTH).nullable().optional(),
  replacement: replacementSchema.optional(),
  scope: scopeSchema.partial().optional(),
  enabled: z.boolean().optional(),
  order: z.int().min(0).max(ORDER_MAX).optional(),
  builtin: z.string().min(1).max(KEY_LENGTH).optional(),
  digitWords: z.boolean().optional(),
  examples: examplesSchema.partial().optional(),
});

export const createRedactionRuleSchema = rule;

/** `check: null` takes the check away. What a rule came from (`builtin`) stays. */
export const changeRedactionRuleSchema = rule.omit({ builtin: true }).partial();

/** A rule to try out while it is being written; `id` names it in the answer. */
const previewRuleSchema = rule.extend({
  id: z.string().min(1).max(KEY_LENGTH).optional(),
  name: z.string().max(LIMITS.nameLength).optional(),
});

export const previewSchema = z.strictObject({
  text: z.string().max(LIMITS.messageLength),
  rules: z.array(previewRuleSchema).max(LIMITS.redactionRulesPerAccount).optional(),
});

/** A file of rules, as the export gives it, and what to do with the rules that are there. */
export const importRulesSchema = z.strictObject({
  version: z.literal(1).optional(),
  rules: z.array(rule).max(LIMITS.redactionRulesPerAccount),
  mode: z.enum(['add', 'replace']),
});

export const importResultSchema = z
  .object({ added: z.int(), removed: z.int() })
  .meta({ id: 'RedactionImport' });

export const redactionRuleSchema = z
  .object({
    id: wireIdSchema,
    name: z.string(),
    pattern: z.string(),
    flags: z.string(),
    check: z.string().exactOptional(),
    replacement: replacementSchema,
    scope: z.object({
      from: z.array(z.enum(['visitor', 'agent'])).readonly(),
      places: z.array(z.enum(['message', 'profile', 'url'])).readonly(),
    }),
    enabled: z.boolean(),
    order: z.number(),
    builtin: z.string().exactOptional(),
    digitWords: z.boolean(),
    examples: z.object({ match: z.array(z.string()).readonly(), noMatch: z.array(z.string()).readonly() }),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: 'RedactionRule' });

export const previewResultSchema = z
  .object({
    text: z.string(),
    matches: z.array(z.object({ ruleId: z.string(), start: z.int(), end: z.int() })).readonly(),
  })
  .meta({ id: 'RedactionPreview' });
