import { DEFAULT_THEME, type Site } from '../../domain/index.ts';

/** A site as it is before anyone changes it. */
export function newSite(of: {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly siteKey: string;
  readonly now: number;
}): Site {
  const { id, accountId, name, siteKey, now } = of;
  return {
    id,
    version: 1,
    createdAt: now,
    updatedAt: now,
    accountId,
    name,
    siteKey,
    locale: 'en',
    theme: DEFAULT_THEME,
    prechat: [],
    allowedOrigins: [],
  };
}

/** Random bytes of a generated site key are cut to this many characters: it is a public name, no secret. */
const SITE_KEY_LENGTH = 20;

/** A site key for whom no one chose one; starts with a letter, as site keys must not start with a dash. */
export function generatedSiteKey(secret: string): string {
  return `s${secret.slice(0, SITE_KEY_LENGTH)}`;
}
