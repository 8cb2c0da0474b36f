import type { VisitorKeeper } from '../visitors/visitor-keeper.ts';
import type { SubjectSource } from './subject-access.ts';

/** What visitors did on the sites: pages, referrer, campaign, events, fields of the agreement. */
export function keptVisits(keeper: Pick<VisitorKeeper, 'flush' | 'read'>): SubjectSource {
  return {
    section: 'onTheSite',
    read: async (session) => {
      await keeper.flush();
      return (await keeper.read(session))?.visitor;
    },
  };
}
