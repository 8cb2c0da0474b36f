import { luhn } from './digits.ts';
import { isEmail } from './email.ts';
import type { CheckName } from './names.ts';
import { isPaymentCard } from './payment-card.ts';
import { isOrganisationsnummer, isPersonnummer } from './sweden.ts';

const digitsOf = (written: string): string => written.replace(/\D+/g, '');

/** Takes a match as it is written, separators and all. */
export type Check = (written: string) => boolean;

const onDigits =
  (valid: (digits: string) => boolean): Check =>
  (written) =>
    valid(digitsOf(written));

const CHECKS: Readonly<Record<CheckName, Check>> = {
  luhn: onDigits(luhn),
  personnummer: onDigits(isPersonnummer),
  organisationsnummer: onDigits(isOrganisationsnummer),
  'payment-card': onDigits(isPaymentCard),
  email: isEmail,
};

export const checkOf = (name: CheckName): Check => CHECKS[name];
