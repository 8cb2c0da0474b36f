/** Keeps passwords so that a stolen store does not give them away. */
export interface Passwords {
  /** The hash in PHC string format. */
  hash(password: string): Promise<string>;
  /**
   * Whether it is the password. Without a hash (nobody has this e-mail) the answer is false after the same
   * work, so that the time taken does not tell who has an account.
   */
  verify(hash: string | undefined, password: string): Promise<boolean>;
}

/** Why a password is no good: on a list of leaked ones, made from the person's own words, a pattern, or short on surprise. */
export type PasswordFault = 'common' | 'personal' | 'pattern' | 'guessable';

/** Judges new passwords (NIST SP 800-63B, 5.1.1.2): length and a block list, no rules of composition. */
export interface PasswordPolicy {
  /** `words` are those that others connect with the person: e-mail, name. Undefined: it is good. */
  judge(password: string, words: readonly string[]): Promise<PasswordFault | undefined>;
}
