/** Every check a rule may name; closed, so that a stored name always has a validator. */
export const CHECK_NAMES = [
  'luhn',
  'personnummer',
  'organisationsnummer',
  'fodselsnummer',
  'cpr',
  'henkilotunnus',
  'bsn',
  'pesel',
  'dni',
  'codice-fiscale',
  'nino',
  'nhs-number',
  'ssn',
  'payment-card',
  'iban',
  'email',
  'phone',
  'ip-address',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

export const isCheckName = (name: string): name is CheckName =>
  (CHECK_NAMES as readonly string[]).includes(name);
