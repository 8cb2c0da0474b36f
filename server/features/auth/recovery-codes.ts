/** 32 signs that nobody mixes up when reading them off paper. */
const SIGNS = 'abcdefghijkmnpqrstuvwxyz23456789';
const LENGTH = 12;
const GROUP = 4;

/** A code of 60 random bits, e.g. `k7qm-2w9x-hh4d`, from a secret in base64url that serves nothing else. */
export function recoveryCodeFrom(secret: string): string {
  const signs = [...Buffer.from(secret, 'base64url').subarray(0, LENGTH)].map((byte) => SIGNS[byte % 32]);
  const groups = Array.from({ length: LENGTH / GROUP }, (_, index) =>
    signs.slice(index * GROUP, (index + 1) * GROUP).join(''),
  );
  return groups.join('-');
}

/** A code as typed, without what people put between the signs. */
export function spelled(code: string): string {
  return code.toLowerCase().replace(/[^a-z0-9]/g, '');
}
