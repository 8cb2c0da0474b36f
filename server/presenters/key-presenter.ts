import type { WireAccountKeys, WireKeyRotation } from '../../shared/protocol/index.ts';
import type { KeyRotation } from '../domain/index.ts';
import { iso } from './iso.ts';

/** How far a rotation has come. */
export function presentKeyRotation(rotation: KeyRotation): WireKeyRotation {
  const { id, status, startedBy, target, total, rewrapped, failed, createdAt, updatedAt, finishedAt } =
    rotation;
  return {
    ...{ id, status, startedBy, target, total, rewrapped, failed },
    startedAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    ...(finishedAt !== undefined && { finishedAt: iso(finishedAt) }),
  };
}

type InEpochMs<T> = { readonly [Key in keyof T]: Key extends 'createdAt' ? number : T[Key] };

/** The keys of an account; times become ISO 8601. */
export function presentAccountKeys(keys: {
  readonly versions: readonly InEpochMs<WireAccountKeys['versions'][number]>[];
  readonly namedKeys: readonly InEpochMs<WireAccountKeys['namedKeys'][number]>[];
}): WireAccountKeys {
  return {
    versions: keys.versions.map((version) => ({ ...version, createdAt: iso(version.createdAt) })),
    namedKeys: keys.namedKeys.map((key) => ({ ...key, createdAt: iso(key.createdAt) })),
  };
}
