import type { Detector } from '../detector.ts';
import type { CheckName } from '../validators/names.ts';
import type { BuiltinRuleKey } from './keys.ts';

/** A rule of the library: what an account gets when it adds the rule, and the detector that runs for it. */
export interface BuiltinRule {
  readonly key: BuiltinRuleKey;
  readonly title: string;
  /** Countries (ISO 3166-1) or a family, for grouping in an interface. */
  readonly group: string;
  /** What it looks for, as a pattern; runs instead of the detector once an account edits it. */
  readonly pattern: string;
  readonly flags: string;
  readonly check?: CheckName;
  readonly enabledByDefault: boolean;
  /** Whether a match is unlikely enough by chance to be looked for across several messages. */
  readonly distinctive: boolean;
  readonly examples: { readonly match: readonly string[]; readonly noMatch: readonly string[] };
  readonly detector: Detector;
}
