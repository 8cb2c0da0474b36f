import { NEVER_IN_TOKENS } from '../../shared/protocol/index.ts';
import type { AccountEntity } from './entity.ts';
import type { Authorization } from './permissions.ts';

/**
 * A key for scripts. It acts for the person who made it, within one account, and never does more than both its scopes
 * and that person allow at the time of the call.
 */
export interface ApiToken extends AccountEntity {
  readonly name: string;
  /** SHA-256 of the whole token. */
  readonly tokenHash: string;
  /** First characters of the secret part, to tell tokens apart by. */
  readonly hint: string;
  readonly scopes: readonly Authorization[];
  /** Id of the user for whom it acts. */
  readonly createdBy: string;
  /** Addresses and networks (CIDR) that it is good from; empty: any. */
  readonly addressRanges: readonly string[];
  readonly validUntil?: number;
  /** Start of the hour of its last use. */
  readonly lastUsedAt?: number;
}

/** By which a token is recognised, also by those who look for leaked ones in public places. */
export const API_TOKEN_PREFIX = 'ega_';

/** Those that no token can be made for. */
export const PERSONAL_AUTHORIZATIONS: readonly Authorization[] = NEVER_IN_TOKENS;
