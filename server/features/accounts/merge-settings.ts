import type { AccountSettings } from '../../../shared/protocol/index.ts';

type Change<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]?: Change<T[Key]> | undefined }
    : T;

/** Settings of which any part may be absent; lists are whole. */
export type SettingsChange = Change<AccountSettings>;

/** The settings with what the change names; lists are replaced, objects merged, the rest stays. */
export function mergeSettings(settings: AccountSettings, change: SettingsChange): AccountSettings {
  return merge(settings, change) as AccountSettings;
}

function merge(current: unknown, change: unknown): unknown {
  if (change === undefined) return current;
  if (!isPlainObject(current) || !isPlainObject(change)) return change;
  const keys = Object.keys(change);
  return { ...current, ...Object.fromEntries(keys.map((key) => [key, merge(current[key], change[key])])) };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
