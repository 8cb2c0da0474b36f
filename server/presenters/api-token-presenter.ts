import type { WireApiToken } from '../../shared/protocol/index.ts';
import type { ApiToken } from '../domain/index.ts';
import { iso } from './iso.ts';

/** A token as administrators see it; of the token itself the hint alone. */
export function presentApiToken(token: ApiToken): WireApiToken {
  const { id, name, hint, scopes, createdBy, addressRanges, createdAt, validUntil, lastUsedAt } = token;
  return {
    id,
    name,
    hint,
    scopes,
    createdBy,
    addressRanges,
    createdAt: iso(createdAt),
    ...(validUntil !== undefined && { expiresAt: iso(validUntil) }),
    ...(lastUsedAt !== undefined && { lastUsedAt: iso(lastUsedAt) }),
  };
}
