import { z } from 'zod';
import { LIMITS } from '../limits.ts';

/** An opaque id as it comes from outside. */
export const idSchema = z.string().min(1).max(64);

/** Control characters and halves of surrogate pairs: no person types them, and stores and logs stumble over them. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** A short text on one line: a client's own id, a tag, a reference. */
export const plainTextSchema = z
  .string()
  .refine((text) => !UNPRINTABLE.test(text), 'holds an unprintable character');

/** Compile-time proof that a schema yields exactly the type both ends agreed on. */
export type Matches<Schema extends z.ZodType, Expected> = [z.infer<Schema>] extends [Expected]
  ? [Expected] extends [z.infer<Schema>]
    ? true
    : never
  : never;

export const nameSchema = z.string().trim().min(1).max(LIMITS.nameLength);
export const emailSchema = z.string().trim().toLowerCase().max(LIMITS.emailLength).pipe(z.email());
export const fieldsSchema = z
  .record(z.string().min(1).max(LIMITS.fieldKeyLength), z.string().max(LIMITS.fieldValueLength))
  .refine((fields) => Object.keys(fields).length <= LIMITS.fieldsPerProfile, 'too many fields');
