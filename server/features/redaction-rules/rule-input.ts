import type { StoredRedactionRule } from '../../domain/index.ts';

type Scope = StoredRedactionRule['scope'];
type Examples = StoredRedactionRule['examples'];
type Loose<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** What may be said of a rule; what is absent stays, or is as in {@link withDefaults}. `check: null` takes it away. */
export interface RuleChange {
  readonly name?: string | undefined;
  readonly pattern?: string | undefined;
  readonly flags?: string | undefined;
  readonly check?: string | null | undefined;
  readonly replacement?: StoredRedactionRule['replacement'] | undefined;
  readonly scope?: Loose<Scope> | undefined;
  readonly enabled?: boolean | undefined;
  readonly order?: number | undefined;
  readonly digitWords?: boolean | undefined;
  readonly examples?: Loose<Examples> | undefined;
}

export interface RuleInput extends RuleChange {
  readonly name: string;
  readonly pattern: string;
  readonly builtin?: string | undefined;
}

export const EVERYWHERE: Scope = { from: ['visitor', 'agent'], places: ['message', 'profile', 'url'] };
export const DEFAULT_REPLACEMENT = '█';

type Described = Omit<StoredRedactionRule, 'id' | 'accountId' | 'version' | 'createdAt' | 'updatedAt'>;

/** What makes up a rule; whether there are such a check and such a built-in rule is not yet known. */
export type RuleFields = Omit<Described, 'check' | 'builtin'> & {
  readonly check?: string;
  readonly builtin?: string;
};

/** A rule of which only name and pattern need be said. */
export function withDefaults(input: RuleInput, order: number): RuleFields {
  const blank: RuleFields = {
    name: input.name,
    pattern: input.pattern,
    flags: '',
    replacement: DEFAULT_REPLACEMENT,
    scope: EVERYWHERE,
    enabled: true,
    order,
    digitWords: false,
    examples: { match: [], noMatch: [] },
    ...(input.builtin !== undefined && { builtin: input.builtin }),
  };
  return changedFields(blank, input);
}

/** The fields with what the change says. */
export function changedFields(fields: RuleFields, change: RuleChange): RuleFields {
  const { check: oldCheck, ...rest } = fields;
  const check = change.check === undefined ? oldCheck : (change.check ?? undefined);
  return {
    ...rest,
    name: change.name ?? fields.name,
    pattern: change.pattern ?? fields.pattern,
    flags: change.flags ?? fields.flags,
    ...(check !== undefined && { check }),
    replacement: change.replacement ?? fields.replacement,
    scope: {
      from: change.scope?.from ?? fields.scope.from,
      places: change.scope?.places ?? fields.scope.places,
    },
    enabled: change.enabled ?? fields.enabled,
    order: change.order ?? fields.order,
    digitWords: change.digitWords ?? fields.digitWords,
    examples: {
      match: change.examples?.match ?? fields.examples.match,
      noMatch: change.examples?.noMatch ?? fields.examples.noMatch,
    },
  };
}
