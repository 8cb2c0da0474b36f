import { luhn } from './digits.ts';
import { isEmail } from './email.ts';
import { isBsn, isCodiceFiscale, isDni, isNhsNumber, isNino, isPesel } from './europe.ts';
import { isIban } from './iban.ts';
import { isIpAddress } from './ip-address.ts';
import type { CheckName } from './names.ts';
import { isCpr, isFodselsnummer, isHenkilotunnus } from './nordic.ts';
import { isPaymentCard } from './payment-card.ts';
import { isPhone } from './phone.ts';
import { isOrganisationsnummer, isPersonnummer } from './sweden.ts';
import { isSsn } from './us-ssn.ts';

/** Takes a match as it is written, separators and all. */
export type Check = (written: string) => boolean;

const onDigits =
  (valid: Check): Check =>
  (written) =>
    valid(written.replace(/\D+/g, ''));

const onCode =
  (valid: Check): Check =>
  (written) =>
    valid(written.replace(/[^A-Za-z\d]+/g, ''));

const CHECKS: Readonly<Record<CheckName, Check>> = {
  luhn: onDigits(luhn),
  personnummer: onDigits(isPersonnummer),
  organisationsnummer: onDigits(isOrganisationsnummer),
  fodselsnummer: onDigits(isFodselsnummer),
  cpr: onDigits(isCpr),
  henkilotunnus: (written) => isHenkilotunnus(written.replace(/[^A-Za-z\d+-]+/g, '')),
  bsn: onDigits(isBsn),
  pesel: onDigits(isPesel),
  dni: onCode(isDni),
  'codice-fiscale': onCode(isCodiceFiscale),
  nino: onCode(isNino),
  'nhs-number': onDigits(isNhsNumber),
  ssn: onDigits(isSsn),
  'payment-card': onDigits(isPaymentCard),
  iban: onCode(isIban),
  email: isEmail,
  phone: isPhone,
  'ip-address': isIpAddress,
};

export const checkOf = (name: CheckName): Check => CHECKS[name];
