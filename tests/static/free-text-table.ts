const ID = 'an id, a key or a cursor: looked up, and kept only when there is such a thing';
export const RULE = 'what a redaction rule is made of, among it what it must recognise';
const ASKED = 'looked for, and kept as a keyed hash at the most';
const TRIED = 'tried, and nothing of it is kept';

/** Strings of staff calls that take anything and are not redacted at the edge, each with the reason. */
export const AS_TYPED: readonly (readonly [RegExp, reason: string])[] = [
  [/\b(cursor|ruleId|userId|agentId|sessionId|departmentId|conversationId|check|builtin)$/, ID],
  [/ (roles|members|authorizations|scopes)\.\*$/, ID],
  [/ departmentLimits\./, ID],
  [/ password$/, 'kept as a hash alone'],
  [/redaction-rules.* (rules\.\*\.)?(pattern|replacement|replacement\.mask|examples\..*)$/, RULE],
  [/redaction-rules\/preview /, TRIED],
  [/engagement-rules\/simulate /, TRIED],
  [/conversations\/search /, ASKED],
  [/ (scope\.)?(field|value)$/, ASKED],
  [/ confirm$/, 'compared with the name of the account'],
  [/visitors\/:id\/profile fields\./, 'redacted by the use case, as what the visitor says'],
];

/** Why a string of a staff call, named as `method path field`, is kept as typed; undefined when it is not. */
export function reasonOf(name: string): string | undefined {
  return AS_TYPED.find(([fits]) => fits.test(name))?.[1];
}
