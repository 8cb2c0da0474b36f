/** Every check a rule may name; closed, so that a stored name always has a validator. */
export const CHECK_NAMES = ['luhn', 'personnummer', 'organisationsnummer', 'payment-card', 'email'] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

export const isCheckName = (name: string): name is CheckName =>
  (CHECK_NAMES as readonly string[]).includes(name);
