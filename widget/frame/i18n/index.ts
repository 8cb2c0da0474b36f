import { en, type StringKey, type Strings } from './en.ts';

export type { StringKey, Strings };

/** Other languages are fetched only when they are needed. */
const LOADERS: Readonly<Record<string, () => Promise<Strings>>> = {
  en: () => Promise.resolve(en),
  sv: async () => (await import('./sv.ts')).sv,
  de: async () => (await import('./de.ts')).de,
  fr: async () => (await import('./fr.ts')).fr,
  es: async () => (await import('./es.ts')).es,
};

/** Fills a text in. */
export type Translate = (key: StringKey, values?: Readonly<Record<string, string | number>>) => string;

/** The language that is spoken now: its words and its tag for dates and lists. */
export interface Language {
  readonly locale: string;
  readonly t: Translate;
}

/** The first of the wished locales whose language there is; English when there is none. */
export function pickLocale(wished: readonly string[]): string {
  return wished.find((locale) => languageOf(locale) in LOADERS && isValid(locale)) ?? 'en';
}

function languageOf(locale: string): string {
  return locale.toLowerCase().split(/[-_]/)[0] ?? '';
}

function isValid(locale: string): boolean {
  try {
    return Intl.getCanonicalLocales(locale).length > 0;
  } catch {
    return false;
  }
}

function translator(strings: Strings): Translate {
  return (key, values = {}) =>
    strings[key].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

export const ENGLISH: Language = { locale: 'en', t: translator(en) };

/** Loads a locale given by {@link pickLocale}. */
export async function loadLanguage(locale: string): Promise<Language> {
  const strings = await (LOADERS[languageOf(locale)]?.() ?? Promise.resolve(en));
  return { locale, t: translator(strings) };
}
