import type { AccountEntity } from './entity.ts';

/** What was counted on one day (UTC), in numbers. `createdAt` is the start of the day. */
export interface DayOfCounts<Count> extends AccountEntity {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly counts: readonly Count[];
  readonly expiresAt: number;
}
