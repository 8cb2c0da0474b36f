import type { User } from './account.ts';

/** Who calls: a person by one of their sign-ins. */
export interface Caller {
  readonly user: User;
  readonly signInId: string;
}

const OTHER_CLIENT = 'Another program';
/** Looked for in this order: most browsers name others beside themselves. */
const BROWSERS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * The kind of browser and system that a `User-Agent` header names, e.g. `Firefox on Windows`: enough to know
 * one's own sign-ins by, too coarse to tell people apart. Nothing of the header itself is in it.
 */
export function clientName(userAgent: string): string {
  const browser = nameIn(BROWSERS, userAgent);
  const system = nameIn(SYSTEMS, userAgent);
  if (browser === undefined) return OTHER_CLIENT;
  return system === undefined ? browser : `${browser} on ${system}`;
}

function nameIn(marks: typeof BROWSERS, userAgent: string): string | undefined {
  return marks.find(([mark]) => mark.test(userAgent))?.[1];
}
