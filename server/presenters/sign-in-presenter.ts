import type { WireStaffSession } from '../../shared/protocol/index.ts';
import type { RefreshFamily } from '../domain/index.ts';
import { iso } from './iso.ts';

/** A sign-in as its person sees it, or an administrator; `currentId` is the one that asks. */
export function presentStaffSession(family: RefreshFamily, currentId?: string): WireStaffSession {
  return {
    id: family.id,
    client: family.client ?? 'Unknown',
    createdAt: iso(family.createdAt),
    lastUsedAt: iso(family.updatedAt),
    current: family.id === currentId,
  };
}
