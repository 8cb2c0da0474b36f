import { z } from 'zod';

/**
 * Strings that people may fill with anything. Those of a staff call are redacted at the edge, before any use case sees
 * them (`server/edge/http/redact-body.ts`); a test holds every other string of a body to a pattern or a reason.
 */
export const FREE_TEXT = z.registry<object>();

/** Marks a schema as free text, and answers it. */
export const freeText = <Schema extends z.ZodString>(schema: Schema): Schema => {
  FREE_TEXT.add(schema, {});
  return schema;
};
