import type { AccountEntity } from './entity.ts';
import type { Authorization } from './permissions.ts';

/** A role that an account made for itself: what it allows, and the roles that it contains (built-in keys or ids). */
export interface StoredRole extends AccountEntity {
  readonly name: string;
  readonly about: string;
  readonly authorizations: readonly Authorization[];
  readonly roles: readonly string[];
}
