import { type Private, Refusal } from '../../domain/index.ts';
import type { PasswordFault, PasswordPolicy, Passwords } from '../../ports/passwords.ts';

/** Whom a password is for. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/**
 * The hash of a new password that was judged and found good.
 * @throws Refusal `auth.password_weak` with the reason
 */
export type HashNewPassword = (password: Private<string>, owner: PasswordOwner) => Promise<string>;

const REASONS: Readonly<Record<PasswordFault, string>> = {
  common: 'is among the most common or leaked passwords, or a disguise of one',
  personal: 'is made from the e-mail, the name or the product',
  pattern: 'is a repetition or a sequence',
  guessable: 'is too easy to guess: take a longer one, or several unrelated words',
};

export function createHashNewPassword(deps: {
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly policy: PasswordPolicy;
}): HashNewPassword {
  return async (password, { email, name }) => {
    const fault = await deps.policy.judge(password.reveal(), [email, name]);
    if (fault !== undefined) {
      throw new Refusal('auth.password_weak', { errors: [{ path: 'password', message: REASONS[fault] }] });
    }
    return deps.passwords.hash(password.reveal());
  };
}
