import type { AccountEntity } from './entity.ts';

/** A text that staff send again and again, redacted when it is saved. */
export interface CannedResponse extends AccountEntity {
  readonly shortcut: string;
  /** Account and shortcut; unique. */
  readonly key: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly departmentId?: string;
}

/** Values by the name of their variable, e.g. `visitor.name`. */
export type CannedValues = Readonly<Record<string, string | undefined>>;

/** `{{visitor.name}}`, or with a fall-back `{{visitor.name|there}}`. */
const VARIABLE = /\{\{\s*([\w.-]{1,80})\s*(?:\|([^{}]{0,200}))?\}\}/g;

/** The text with its variables filled; names those that had neither a value nor a fall-back. */
export function fillVariables(text: string, values: CannedValues): { text: string; missing: string[] } {
  const missing = new Set<string>();
  const filled = text.replace(VARIABLE, (_whole, name: string, fallback: string | undefined) => {
    const own = Object.hasOwn(values, name) ? values[name]?.trim() : undefined;
    const value = own === '' ? undefined : own;
    if (value === undefined && fallback === undefined) missing.add(name);
    return value ?? fallback?.trim() ?? '';
  });
  return { text: filled, missing: [...missing] };
}
