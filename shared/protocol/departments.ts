/** A part of the account's staff with a queue of its own; `members` are users who get its conversations. */
export interface WireDepartment {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly createdAt: string;
}
