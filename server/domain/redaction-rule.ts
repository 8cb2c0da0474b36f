import type { RedactionReplacement } from '../../shared/protocol/index.ts';
import type { AccountEntity } from './entity.ts';
import type { BuiltinRuleKey, CheckName } from './redaction/index.ts';

/** A redaction rule as an account keeps it; `server/domain/redaction` compiles and runs it. */
export interface StoredRedactionRule extends AccountEntity {
  readonly name: string;
  readonly pattern: string;
  readonly flags: string;
  readonly check?: CheckName;
  readonly replacement: RedactionReplacement;
  readonly scope: {
    readonly from: readonly ('visitor' | 'agent')[];
    readonly places: readonly ('message' | 'profile' | 'url')[];
  };
  readonly enabled: boolean;
  readonly order: number;
  /** Key of the built-in rule that it came from. */
  readonly builtin?: BuiltinRuleKey;
  readonly digitWords: boolean;
  readonly examples: { readonly match: readonly string[]; readonly noMatch: readonly string[] };
}
