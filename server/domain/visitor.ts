import type { AccountSettings, WirePageVisit } from '../../shared/protocol/index.ts';
import { Refusal } from './errors.ts';

/** A value of a custom event. */
export type EventValue = string | number | boolean;

/** How often a custom event came, and what came with it last. */
export interface EventTally {
  readonly count: number;
  readonly last?: EventValue;
}

/**
 * What a session gathered, all of it redacted; only ever stored sealed. Times are epoch milliseconds, but for those of
 * pages, which are as the protocol shows them.
 */
export interface KeptVisitor {
  /** Fields that the account's data-processing agreement lists. */
  readonly fields: Readonly<Record<string, string>>;
  /** Keys of fields that a signed identity or the account's own system vouched for; a page's script cannot change them. */
  readonly verified: readonly string[];
  /** The last ones. */
  readonly pages: readonly WirePageVisit[];
  readonly pageViews: number;
  readonly referrer?: string;
  readonly utm: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, EventTally>>;
  readonly idle: boolean;
}

export const EMPTY_VISITOR: KeptVisitor = {
  fields: {},
  verified: [],
  pages: [],
  pageViews: 0,
  utm: {},
  events: {},
  idle: false,
};

/** Campaign parameters of a page address (`utm_source` is `source`); undefined when it has none. */
export function utmOf(url: string): Readonly<Record<string, string>> | undefined {
  const query = url.split('#', 1)[0]?.split('?')[1];
  if (query === undefined || !query.includes('utm_')) return undefined;
  const entries = [...new URLSearchParams(query)]
    .filter(([key, value]) => /^utm_[a-z_]{1,20}$/.test(key) && value !== '')
    .map(([key, value]) => [key.slice('utm_'.length), value] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** An event that a page's script tells of, redacted. */
export function cleanTracked(
  event: { name: string; value?: EventValue | undefined },
  clean: (text: string) => string,
): { name: string; value?: EventValue } {
  const { value } = event;
  const name = clean(event.name);
  return { name, ...(value !== undefined && { value: cleanValue(value, clean) }) };
}

/** A number can be a card's: what redaction finds in its digits does not stay a number. */
function cleanValue(value: EventValue, clean: (text: string) => string): EventValue {
  const text = String(value);
  const redacted = clean(text);
  return typeof value === 'string' || redacted !== text ? redacted : value;
}

/**
 * @throws Refusal `profile.field_not_allowed`, with the place of the first field that the data-processing agreement
 *   does not list
 */
export function assertListed(dpa: AccountSettings['dpa'], fields: Readonly<Record<string, unknown>>): void {
  const listed = new Set(dpa.customFields.map(({ key }) => key));
  const index = Object.keys(fields).findIndex((key) => !listed.has(key));
  if (index === -1) return;
  const errors = [{ path: `fields.${index}`, message: 'is not in the data-processing agreement' }];
  throw new Refusal('profile.field_not_allowed', { errors });
}
