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
