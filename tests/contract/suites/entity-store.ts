import type { Entity, User } from '../../../server/domain/index.ts';
import type { EntityStore } from '../../../server/ports/index.ts';
import { UniqueViolation } from '../../../server/ports/index.ts';
import {
  aRedactionRule,
  aRefreshFamily,
  aSite,
  aUser,
  aVisitorSession,
  freshId,
  T0,
} from '../../support/builders.ts';
import { refusedAsBadRequest } from './cursors.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const next = <T extends Entity>(entity: T, change: Partial<T>): T => ({
  ...entity,
  ...change,
  version: entity.version + 1,
  updatedAt: entity.updatedAt + 1,
});

async function violatedIndex(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return undefined;
  if (error instanceof UniqueViolation) return error.index;
  throw error;
}

async function walk<T extends Entity>(
  store: EntityStore<T>,
  query: { where?: Record<string, string>; newestFirst?: boolean; limit: number; cursor?: string },
): Promise<T[]> {
  const page = await store.list(query);
  if (page.nextCursor === undefined) return [...page.items];
  return [...page.items, ...(await walk(store, { ...query, cursor: page.nextCursor }))];
}

/** What every entity store promises, shown on the kinds whose specs differ. */
export function describeEntityStores(name: string, open: OpenStores): void {
  describe(`${name}: entity stores`, () => {
    const stores = useStores(open);
    const users = () => stores().entities.users;
    const sites = () => stores().entities.sites;

    it('gives back every kind as it was kept', async () => {
      const { sites, users, refreshFamilies, visitorSessions, redactionRules } = stores().entities;
      const site = aSite({ name: 'Åland "shop"', allowedOrigins: [] });
      const user = aUser({
        memberships: [{ accountId: freshId('account'), roles: ['agent', 'supervisor'] }],
      });
      const [family, session, rule] = [aRefreshFamily(), aVisitorSession(), aRedactionRule()];
      await sites.insert(site);
      await users.insert(user);
      await refreshFamilies.insert(family);
      await visitorSessions.insert(session);
      await redactionRules.insert(rule);
      expect(await sites.get(site.id)).toEqual(site);
      expect(await users.get(user.id)).toEqual(user);
      expect(await refreshFamilies.get(family.id)).toEqual(family);
      expect(await visitorSessions.get(session.id)).toEqual(session);
      expect(await redactionRules.get(rule.id)).toEqual(rule);
      expect(await sites.get(user.id)).toBeUndefined();
    });

    it('finds by a unique field', async () => {
      const user = aUser();
      await users().insert(user);
      expect(await users().findBy('email', user.email)).toEqual(user);
      expect(await users().findBy('email', 'nobody@example.com')).toBeUndefined();
    });

    it('refuses a second one of a unique value and names the field, not the value', async () => {
      const user = aUser();
      await users().insert(user);
      expect(await violatedIndex(users().insert(aUser({ email: user.email })))).toBe('email');
      const other = aUser();
      await users().insert(other);
      expect(await violatedIndex(users().replace(next(other, { email: user.email })))).toBe('email');
      expect(await users().get(other.id)).toEqual(other);
      expect(await violatedIndex(users().replace(next(other, { name: 'Bo' })))).toBeUndefined();
    });

    it('refuses a second one of the same id', async () => {
      const user = aUser();
      await users().insert(user);
      expect(await violatedIndex(users().insert({ ...aUser(), id: user.id }))).toBe('id');
      expect(await users().get(user.id)).toEqual(user);
    });

    it('lets exactly one of 20 inserts of one unique value win', async () => {
      const siteKey = freshId('key');
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => violatedIndex(sites().insert(aSite({ siteKey })))),
      );
      expect(outcomes.filter((index) => index === undefined)).toHaveLength(1);
      expect(outcomes.filter((index) => index === 'siteKey')).toHaveLength(19);
    });

    it('frees a unique value by delete and by change', async () => {
      const user = aUser();
      await users().insert(user);
      const moved = next(user, { email: `${freshId('new')}@example.com` });
      expect(await users().replace(moved)).toBe(true);
      expect(await users().findBy('email', user.email)).toBeUndefined();
      await users().insert(aUser({ email: user.email }));
      expect(await users().delete(moved.id)).toBe(true);
      await users().insert(aUser({ email: moved.email }));
    });

    it('replaces the version before alone', async () => {
      const site = aSite();
      await sites().insert(site);
      const changed = next(site, { name: 'New' });
      expect(await sites().replace({ ...changed, version: 1 })).toBe(false);
      expect(await sites().replace({ ...changed, version: 3 })).toBe(false);
      expect(await sites().replace(changed)).toBe(true);
      expect(await sites().replace(changed)).toBe(false);
      expect(await sites().get(site.id)).toEqual(changed);
      expect(await sites().replace(next(aSite(), {}))).toBe(false);
    });

    it('lets exactly one of 20 changes of the same version win', async () => {
      const site = aSite();
      await sites().insert(site);
      const won = await Promise.all(
        Array.from({ length: 20 }, (_, index) => sites().replace(next(site, { name: `n${index}` }))),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await sites().get(site.id))?.name).toBe(`n${won.indexOf(true)}`);
    });

    it('deletes once', async () => {
      const site = aSite();
      await sites().insert(site);
      expect(await sites().delete(site.id)).toBe(true);
      expect(await sites().delete(site.id)).toBe(false);
      expect(await sites().get(site.id)).toBeUndefined();
      expect(await sites().findBy('siteKey', site.siteKey)).toBeUndefined();
    });

    it('deletes all with the values named, and nothing when none is named', async () => {
      const { visitorSessions } = stores().entities;
      const session = aVisitorSession();
      const { accountId, visitorHash } = session;
      const same = aVisitorSession({ accountId, visitorHash });
      const other = aVisitorSession({ accountId });
      for (const one of [session, same, other]) await visitorSessions.insert(one);
      expect(await visitorSessions.deleteWhere({ accountId, visitorHash })).toBe(2);
      expect(await visitorSessions.deleteWhere({ accountId, visitorHash })).toBe(0);
      expect(await visitorSessions.get(other.id)).toEqual(other);
      await expect(visitorSessions.deleteWhere({})).rejects.toThrow();
      await expect(visitorSessions.deleteWhere({ visits: '1' })).rejects.toThrow();
      const member = aUser({ memberships: [{ accountId, roles: [] }] });
      await users().insert(member);
      expect(await users().deleteWhere({ 'memberships.accountId': accountId })).toBe(1);
      expect(await users().get(member.id)).toBeUndefined();
    });

    describe('list', () => {
      it('walks oldest first or newest first over equal times without a gap or a double', async () => {
        const accountId = freshId('account');
        const made = Array.from({ length: 17 }, (_, index) =>
          aSite({ accountId, createdAt: T0 + Math.floor(index / 5) }),
        );
        for (const site of [...made].reverse()) await sites().insert(site);
        await sites().insert(aSite());
        const expected = [...made].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
        for (const limit of [1, 4, 17, 100]) {
          expect(await walk(sites(), { where: { accountId }, limit })).toEqual(expected);
          const newest = await walk(sites(), { where: { accountId }, newestFirst: true, limit });
          expect(newest).toEqual(expected.toReversed());
        }
        expect((await sites().list({ where: { accountId }, limit: 17 })).nextCursor).toBeUndefined();
      });

      it('goes on from its place while others come and go', async () => {
        const accountId = freshId('account');
        const made = Array.from({ length: 6 }, (_, index) =>
          aSite({ accountId, createdAt: T0 + 10 * index }),
        );
        for (const site of made) await sites().insert(site);
        const page = await sites().list({ where: { accountId }, limit: 3 });
        await sites().insert(aSite({ accountId, createdAt: T0 + 5 }));
        const late = aSite({ accountId, createdAt: T0 + 1_000 });
        await sites().insert(late);
        await sites().delete(page.items[2]?.id ?? '');
        const rest = await walk(sites(), { where: { accountId }, limit: 2, cursor: page.nextCursor ?? '' });
        expect(rest).toEqual([...made.slice(3), late]);
      });

      it('matches any element of an array path, after changes too', async () => {
        const [one, two] = [freshId('account'), freshId('account')];
        const member = (...accounts: string[]): User =>
          aUser({ memberships: accounts.map((accountId) => ({ accountId, roles: ['agent'] })) });
        const [first, both, other] = [member(one), member(two, one), member(two)];
        for (const user of [first, both, other]) await users().insert(user);
        const of = async (accountId: string) =>
          (await walk(users(), { where: { 'memberships.accountId': accountId }, limit: 1 }))
            .map(({ id }) => id)
            .sort();
        expect(await of(one)).toEqual([first.id, both.id].sort());
        expect(await of(two)).toEqual([both.id, other.id].sort());
        await users().replace(next(both, { memberships: [{ accountId: two, roles: ['agent'] }] }));
        await users().delete(other.id);
        expect(await of(one)).toEqual([first.id]);
        expect(await of(two)).toEqual([both.id]);
      });

      it('lists one of two same memberships once', async () => {
        const accountId = freshId('account');
        const user = aUser({
          memberships: [
            { accountId, roles: ['agent'] },
            { accountId, roles: ['analyst'] },
          ],
        });
        await users().insert(user);
        const found = await walk(users(), { where: { 'memberships.accountId': accountId }, limit: 10 });
        expect(found).toEqual([user]);
      });

      it('compares several fields at once', async () => {
        const { visitorSessions } = stores().entities;
        const session = aVisitorSession();
        const sameAccount = aVisitorSession({ accountId: session.accountId });
        const sameVisitor = aVisitorSession({
          accountId: session.accountId,
          visitorHash: session.visitorHash,
        });
        for (const one of [session, sameAccount, sameVisitor]) await visitorSessions.insert(one);
        const { accountId, siteId, visitorHash } = session;
        const found = await walk(visitorSessions, { where: { accountId, siteId, visitorHash }, limit: 10 });
        expect(found).toEqual([session]);
        expect(await walk(visitorSessions, { where: { accountId, visitorHash }, limit: 1 })).toHaveLength(2);
      });

      it('refuses a cursor that it did not make', async () => {
        await refusedAsBadRequest((cursor) => sites().list({ limit: 2, cursor }));
      });
    });
  });
}
