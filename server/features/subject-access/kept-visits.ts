import type { VisitorKeeper } from '../visitors/visitor-keeper.ts';
import type { SubjectSource } from './subject-access.ts';

/**
 * What visitors did on the sites: pages, referrer, campaign, events, fields of the agreement; and what was made of it:
 * the decisions of the rules with their traces, and the invitations.
 */
export function keptVisits(keeper: Pick<VisitorKeeper, 'flush' | 'read'>): SubjectSource {
  return {
    section: 'onTheSite',
    read: async (session) => {
      await keeper.flush();
      const kept = await keeper.read(session);
      return kept && { ...kept.visitor, ...kept.parts };
    },
  };
}
