import type { AccountEntity } from './entity.ts';

/** A part of an account's staff with a queue of its own. */
export interface Department extends AccountEntity {
  readonly name: string;
  /** Users who get its conversations. */
  readonly members: readonly string[];
}
