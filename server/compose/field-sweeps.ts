import type { Audit } from '../features/audit/index.ts';
import { AgreedValues, FieldSweeps } from '../features/field-sweeps/index.ts';
import type { ProfileIndex } from '../features/profile-index/index.ts';
import type { ConversationProfiles } from '../features/visitors/conversation-profiles.ts';
import type { LiveVisitors } from '../features/visitors/live-visitors.ts';
import type { VisitorKeeper } from '../features/visitors/visitor-keeper.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** What keeps stored values in line with the data-processing agreement. */
export function composeFieldSweeps(
  { stores, ids, clock, logger }: Foundation,
  { settings }: Pipeline,
  parts: {
    readonly audit: Audit;
    readonly profiles: ConversationProfiles;
    readonly profileIndex: ProfileIndex;
    readonly live: LiveVisitors;
    readonly keeper: VisitorKeeper;
  },
) {
  const { conversations, retention } = stores;
  const { fieldSweeps: sweeps, visitorRecords: records, accounts } = stores.entities;
  const { audit, profiles, profileIndex: index, live, keeper } = parts;
  const agreedValues = new AgreedValues({
    profiles,
    conversations,
    records,
    accounts,
    live,
    keeper,
    settings,
    clock,
  });
  return {
    agreedValues,
    fieldSweeps: new FieldSweeps({
      sweeps,
      conversations,
      records,
      retention,
      values: agreedValues,
      index,
      audit,
      ids,
      clock,
      logger,
    }),
  };
}
