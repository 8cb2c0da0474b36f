import type { WireFieldSweep } from '../../shared/protocol/index.ts';
import type { FieldSweep } from '../domain/index.ts';
import { iso } from './iso.ts';

/** How far a sweep has come, as staff sees it. */
export function presentFieldSweep(sweep: FieldSweep): WireFieldSweep {
  const { id, status, total, scanned, changed, failed, createdAt, updatedAt, finishedAt } = sweep;
  return {
    ...{ id, status, total, scanned, changed, failed },
    startedAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    ...(finishedAt !== undefined && { finishedAt: iso(finishedAt) }),
  };
}
