import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { freeText } from '../free-text.ts';

/** Most items of one page of a list. */
export const PAGE_LIMIT_MAX = 200;
const PAGE_LIMIT_DEFAULT = 50;
const CURSOR_LENGTH = 512;

/** One line for people to read, redacted: trimmed, not empty, without control characters (NUL among them). */
export function lineSchema(maxLength: number) {
  const line = z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters');
  return freeText(line);
}

export const displayNameSchema = lineSchema(LIMITS.nameLength);

/** An e-mail address, made lower case, as accounts are looked up by it. */
export const restEmailSchema = z.string().trim().toLowerCase().max(LIMITS.emailLength).pipe(z.email());

/** A password as chosen; nothing of it is trimmed or changed. */
export const newPasswordSchema = z.string().min(LIMITS.passwordMinLength).max(LIMITS.passwordMaxLength);

/** The public name of a site in the embed script. */
export const siteKeySchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,63}$/);

/** An id in an answer. */
export const wireIdSchema = z.string();

/** An instant in an answer: ISO 8601, UTC. */
export const instantSchema = z.iso.datetime();

/** `?limit` and `?cursor` of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  cursor: z.string().min(1).max(CURSOR_LENGTH).optional(),
};
export const pageQuerySchema = z.strictObject(pageQuery);

/** The answer of a list. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item).readonly(), nextCursor: z.string().exactOptional() });
}

/** `?from` and `?to`: ISO 8601 with an offset or `Z`; becomes epoch milliseconds. */
export const instantQuerySchema = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
