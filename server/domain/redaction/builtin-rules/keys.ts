/** Keys of the built-in rules; stored with accounts, so a key is never renamed. */
export const BUILTIN_RULE_KEYS = [
  'se-personnummer',
  'se-organisationsnummer',
  'no-fodselsnummer',
  'dk-cpr',
  'fi-henkilotunnus',
  'nl-bsn',
  'pl-pesel',
  'es-dni',
  'it-codice-fiscale',
  'gb-nino',
  'gb-nhs',
  'us-ssn',
  'payment-card',
  'iban',
  'email',
  'phone',
  'ip-address',
  'password',
  'jwt',
  'api-key',
] as const;

export type BuiltinRuleKey = (typeof BUILTIN_RULE_KEYS)[number];
