import { z } from 'zod';
import { FREE_TEXT } from '../../../shared/schemas/free-text.ts';

type Clean = (text: string) => string;
/** Answers a parsed value with its free texts redacted. */
export type RedactBody = (value: unknown, clean: Clean) => unknown;

/**
 * Finds where free text stands in the values of a schema, once for all of them; undefined when nowhere. A text that
 * redaction erases as a whole stays a mask, for a name is not empty.
 */
export function redactBodyOf(schema: z.ZodType | undefined): RedactBody | undefined {
  if (schema === undefined) return undefined;
  if (FREE_TEXT.has(schema)) return (value, clean) => cleanText(value, clean);
  if (schema instanceof z.ZodObject) return ofObject(schema.shape);
  if (schema instanceof z.ZodArray) return ofItems(schema.element as z.ZodType);
  if (schema instanceof z.ZodRecord) return ofObjectValues(schema.valueType as z.ZodType);
  if (schema instanceof z.ZodUnion) return ofOptions(schema.options as readonly z.ZodType[]);
  const { innerType } = schema.def as { readonly innerType?: z.ZodType };
  return redactBodyOf(innerType);
}

const ERASED = '████';

function cleanText(value: unknown, clean: Clean): unknown {
  if (typeof value !== 'string') return value;
  const text = clean(value);
  return text === '' && value !== '' ? ERASED : text;
}

function ofObject(shape: Readonly<Record<string, unknown>>): RedactBody | undefined {
  const parts = Object.entries(shape).flatMap(([key, schema]) => {
    const redact = redactBodyOf(schema as z.ZodType);
    return redact === undefined ? [] : [{ key, redact }];
  });
  if (parts.length === 0) return undefined;
  return (value, clean) => {
    if (!isRecord(value)) return value;
    const given = parts.filter(({ key }) => value[key] !== undefined);
    return {
      ...value,
      ...Object.fromEntries(given.map(({ key, redact }) => [key, redact(value[key], clean)])),
    };
  };
}

function ofItems(schema: z.ZodType): RedactBody | undefined {
  const redact = redactBodyOf(schema);
  if (redact === undefined) return undefined;
  return (value, clean) => (Array.isArray(value) ? value.map((item) => redact(item, clean)) : value);
}

function ofObjectValues(schema: z.ZodType): RedactBody | undefined {
  const redact = redactBodyOf(schema);
  if (redact === undefined) return undefined;
  return (value, clean) =>
    isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, clean)]))
      : value;
}

function ofOptions(options: readonly z.ZodType[]): RedactBody | undefined {
  const parts = options.map((schema) => ({ schema, redact: redactBodyOf(schema) }));
  if (parts.every(({ redact }) => redact === undefined)) return undefined;
  return (value, clean) => {
    const fitting = parts.find(({ schema }) => schema.safeParse(value).success);
    return fitting?.redact === undefined ? value : fitting.redact(value, clean);
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
