import { ProfileIndex } from '../features/profile-index/index.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** The blind index over profile fields; each account has a key of its own for it. */
export function composeProfileIndex(
  { stores, clock }: Foundation,
  { cipher, vault, settings }: Pipeline,
): ProfileIndex {
  const key = (accountId: string) => vault.namedKey(accountId, 'blind-index');
  return new ProfileIndex({ store: stores.entities.profileIndex, settings, cipher, key, clock });
}
