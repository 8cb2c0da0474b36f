import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { displayNameSchema, instantSchema, lineSchema, siteKeySchema, wireIdSchema } from './primitives.ts';

const TITLE_LENGTH = 60;
const GREETING_LENGTH = 300;
const ORIGINS_PER_SITE = 50;

export const themeSchema = z.strictObject({
  primaryColor: z.string().regex(/^#[0-9a-fA-F]{6}$/),
  position: z.enum(['left', 'right']),
  title: lineSchema(TITLE_LENGTH),
  greeting: lineSchema(GREETING_LENGTH),
});

export const fieldKeySchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]*$/)
  .max(LIMITS.fieldKeyLength);

export const prechatSchema = z.array(
  z.strictObject({ key: fieldKeySchema, label: displayNameSchema, required: z.boolean() }),
);

/** Whether the items name different keys. */
export function distinctKeys(items: readonly { readonly key: string }[]): boolean {
  return new Set(items.map((item) => item.key)).size === items.length;
}

/** BCP 47 language tag in its canonical form; an unknown shape is refused. */
export const localeSchema = z
  .string()
  .max(35)
  .refine((tag) => isLocale(tag), 'must be a BCP 47 language tag');

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Scheme, host and port of a page, as browsers send it: no path, lower case. */
export const originSchema = z
  .string()
  .max(LIMITS.urlLength)
  .regex(/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/, 'must be an origin such as https://www.example.com');

const site = {
  name: displayNameSchema,
  locale: localeSchema,
  prechat: prechatSchema.max(LIMITS.fieldsPerProfile).refine(distinctKeys, 'each key may be there once'),
  allowedOrigins: z.array(originSchema).max(ORIGINS_PER_SITE),
};

export const createSiteSchema = z.strictObject({
  name: site.name,
  siteKey: siteKeySchema.optional(),
  locale: site.locale.optional(),
  theme: themeSchema.partial().optional(),
  prechat: site.prechat.optional(),
  allowedOrigins: site.allowedOrigins.optional(),
});

/** The site key stays: it stands in the pages of the account's web site. */
export const changeSiteSchema = createSiteSchema.omit({ siteKey: true }).partial();

export const siteSchema = z
  .object({
    id: wireIdSchema,
    name: z.string(),
    siteKey: z.string(),
    locale: z.string(),
    theme: themeSchema,
    prechat: prechatSchema.readonly(),
    allowedOrigins: z.array(z.string()).readonly(),
    createdAt: instantSchema,
  })
  .meta({ id: 'Site' });
