import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** Countries whose national spelling, with a leading zero, is recognised. */
const TRUNK_ZERO: readonly CountryCode[] = ['SE', 'GB', 'DE', 'FR', 'NL', 'FI', 'CH'];

/**
 * A phone number as written: international (`+` or `00`), or national with a leading zero or in the form of
 * North America. Decided by libphonenumber's metadata (`min`: possible lengths and leading digits).
 */
export function isPhone(written: string): boolean {
  const plain = written.replace(/^00/, '+');
  if (plain.startsWith('+')) return isValid(plain);
  if (/^0/.test(plain)) return TRUNK_ZERO.some((country) => isValid(plain, country));
  return isValid(plain, 'US');
}

function isValid(written: string, country?: CountryCode): boolean {
  return (
    parsePhoneNumberFromString(
      written,
      country === undefined ? {} : { defaultCountry: country },
    )?.isValid() ?? false
  );
}
