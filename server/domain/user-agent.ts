import { BROWSER_MAP, OS_MAP, parse } from 'bowser';
import { UNKNOWN_CLIENT, type VisitorClient } from './visitor-session.ts';

/** What comes after is nothing that tells a family, and long strings cost time. */
const READ_LENGTH = 300;
const OTHER = 'other';
/** Names that the library knows; whatever else a string calls itself could tell a person apart. */
const BROWSERS: ReadonlySet<string> = new Set(Object.values(BROWSER_MAP));
const SYSTEMS: ReadonlySet<string> = new Set(Object.values(OS_MAP));
const DEVICES: ReadonlySet<string> = new Set(['desktop', 'mobile', 'tablet', 'tv', 'bot']);

/** Families of device, browser and system in a `User-Agent` header, and the language of an `Accept-Language` header. */
export function visitorClientOf(headers: {
  readonly userAgent?: string | undefined;
  readonly acceptLanguage?: string | undefined;
}): VisitorClient {
  const language = primaryLanguage(headers.acceptLanguage);
  return { ...familiesOf(headers.userAgent ?? ''), ...(language !== undefined && { language }) };
}

function familiesOf(userAgent: string): VisitorClient {
  const text = userAgent.slice(0, READ_LENGTH);
  if (text.trim() === '') return UNKNOWN_CLIENT;
  const { browser, os, platform } = parse(text);
  return {
    device: known(platform.type, DEVICES) as VisitorClient['device'],
    browser: known(browser.name, BROWSERS),
    os: known(os.name, SYSTEMS),
  };
}

function known(name: string | undefined, names: ReadonlySet<string>): string {
  return name !== undefined && names.has(name) ? name : OTHER;
}

/** The tag with the highest weight (RFC 9110, 12.5.4), its primary part alone: regions would tell more than is needed. */
export function primaryLanguage(acceptLanguage: string | undefined): string | undefined {
  const weighted = (acceptLanguage ?? '').slice(0, READ_LENGTH).split(',').map(weightedTag);
  const best = weighted.filter(({ tag }) => tag !== '').sort((a, b) => b.weight - a.weight)[0];
  return best?.tag;
}

function weightedTag(part: string): { tag: string; weight: number } {
  const [range = '', ...parameters] = part.trim().split(';');
  const tag = /^[a-z]{2,3}(?=$|-)/i.exec(range.trim())?.[0].toLowerCase() ?? '';
  const weight = Number(/^\s*q=([\d.]+)/.exec(parameters.join(';'))?.[1] ?? 1);
  return { tag, weight: Number.isFinite(weight) ? weight : 0 };
}
