import type { AccountSettings } from '../../shared/protocol/index.ts';
import type { AccountEntity } from './entity.ts';

/** A part of an account's staff with a queue of its own. */
export interface Department extends AccountEntity {
  readonly name: string;
  /** Users who get its conversations. */
  readonly members: readonly string[];
  /** When it takes new conversations, in the account's time zone; absent: whenever the account does. */
  readonly businessHours?: AccountSettings['businessHours'];
}
