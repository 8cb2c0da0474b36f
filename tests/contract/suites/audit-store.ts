import type { AuditLink, StoredAuditEntry } from '../../../server/domain/index.ts';
import type { AuditFilter } from '../../../server/ports/index.ts';
import { auditLinks, auditPoint, freshId, T0 } from '../../support/builders.ts';
import { refusedAsBadRequest } from './cursors.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const newestFirst = (a: StoredAuditEntry, b: StoredAuditEntry) => b.at - a.at || (a.id < b.id ? 1 : -1);

/** What every audit store promises. */
export function describeAuditStore(name: string, open: OpenStores): void {
  describe(`${name}: audit store`, () => {
    const stores = useStores(open);
    const audit = () => stores().audit;
    const append = (links: readonly AuditLink[]) => audit().append(links, auditPoint(links));
    const walk = async (
      query: AuditFilter & { limit: number; cursor?: string },
    ): Promise<StoredAuditEntry[]> => {
      const page = await audit().list(query);
      if (page.nextCursor === undefined) return [...page.items];
      return [...page.items, ...(await walk({ ...query, cursor: page.nextCursor }))];
    };

    it('gives back entries whole, newest first, in pages', async () => {
      const accountId = freshId('account');
      const links = auditLinks({
        accountId,
        count: 9,
        with: (index) => ({
          at: T0 + Math.floor(index / 2),
          ...(index === 4 && { target: { kind: 'conversation', id: 'c-1' } }),
          ...(index === 5 && { actor: { kind: 'system' as const } }),
        }),
      });
      expect(await append(links.slice(0, 5))).toBe(5);
      expect(await append(links.slice(5))).toBe(4);
      expect(await walk({ accountId, limit: 2 })).toEqual([...links].sort(newestFirst));
      expect(await audit().append([], auditPoint(links))).toBe(0);
      expect(await walk({ accountId: freshId('account'), limit: 3 })).toEqual([]);
    });

    it('finds by action, actor, target and inclusive times, alone and together', async () => {
      const accountId = freshId('account');
      const links = auditLinks({
        accountId,
        count: 12,
        with: (index) => ({
          at: T0 + index,
          action: index % 2 === 0 ? 'settings.changed' : 'transcript.read',
          actor: index % 3 === 0 ? { kind: 'system' } : { kind: 'user', id: `user-${index % 3}` },
          ...(index % 4 > 1 && { target: { kind: index > 6 ? 'user' : 'site', id: `t-${index % 4}` } }),
        }),
      });
      await append(links);
      const found = async (filter: Omit<AuditFilter, 'accountId'>, limit = 2) =>
        (await walk({ accountId, limit, ...filter })).map(({ seq }) => seq);
      const expected = (keep: (link: AuditLink) => boolean) =>
        links
          .filter(keep)
          .map(({ seq }) => seq)
          .reverse();
      expect(await found({ action: 'settings.changed' })).toEqual(
        expected(({ action }) => action === 'settings.changed'),
      );
      expect(await found({ actorId: 'user-1' })).toEqual(expected(({ actor }) => actor.id === 'user-1'));
      expect(await found({ targetId: 't-2' })).toEqual(expected(({ target }) => target?.id === 't-2'));
      expect(await found({ targetKind: 'user' })).toEqual(expected(({ target }) => target?.kind === 'user'));
      expect(await found({ from: T0 + 2, to: T0 + 4 })).toEqual(
        expected(({ at }) => at >= T0 + 2 && at <= T0 + 4),
      );
      expect(await found({ actorId: 'user-2', action: 'transcript.read', to: T0 + 6 })).toEqual(
        expected(
          ({ at, actor, action }) => actor.id === 'user-2' && action === 'transcript.read' && at <= T0 + 6,
        ),
      );
    });

    it('keeps a chain in order, and its end', async () => {
      const accountId = freshId('account');
      expect(await audit().last(accountId)).toBeUndefined();
      expect(await audit().chain(accountId)).toBeUndefined();
      const links = auditLinks({ accountId, count: 7 });
      await append(links.slice(0, 3));
      await append(links.slice(3));
      expect(await audit().last(accountId)).toEqual(links[6]);
      expect(await audit().read({ accountId, afterSeq: 0, limit: 100 })).toEqual(links);
      expect(await audit().read({ accountId, afterSeq: 2, limit: 3 })).toEqual(links.slice(2, 5));
      expect(await audit().chain(accountId)).toEqual({ accountId, head: auditPoint(links) });
      expect(await audit().unchained(accountId)).toBe(0);
    });

    it('takes one link for each number, whoever comes first, and says how many it took', async () => {
      const accountId = freshId('account');
      const mine = auditLinks({ accountId, count: 2 });
      const theirs = auditLinks({ accountId, count: 3 });
      expect(await append(mine)).toBe(2);
      expect(await append(theirs)).toBe(0);
      expect(await audit().read({ accountId, afterSeq: 0, limit: 9 })).toEqual(mine);
      expect(await audit().chain(accountId)).toEqual({ accountId, head: auditPoint(mine) });
      const other = auditLinks({ accountId: freshId('account'), count: 2 });
      expect(await append(other)).toBe(2);
    });

    it('lets exactly one of many writers have the next number', async () => {
      const accountId = freshId('account');
      const writers = Array.from({ length: 8 }, () => auditLinks({ accountId, count: 1 }));
      const taken = await Promise.all(writers.map(append));
      expect(taken.filter((count) => count === 1)).toHaveLength(1);
      expect(await audit().read({ accountId, afterSeq: 0, limit: 9 })).toHaveLength(1);
    });

    it('never moves the end back', async () => {
      const accountId = freshId('account');
      const links = auditLinks({ accountId, count: 5 });
      await append(links);
      const behind = auditLinks({ accountId, count: 1, firstSeq: 6 });
      await audit().append(behind, auditPoint(links.slice(0, 2)));
      expect((await audit().chain(accountId))?.head).toEqual(auditPoint(links));
    });

    it('purges up to a checkpoint that stays, of one account alone', async () => {
      const accountId = freshId('account');
      const foreign = auditLinks({ accountId: freshId('account'), count: 3 });
      const links = auditLinks({ accountId, count: 6 });
      await append(links);
      await append(foreign);
      const base = auditPoint(links.slice(0, 4));
      expect(await audit().purge({ accountId, base, before: T0 })).toBe(4);
      expect(await audit().read({ accountId, afterSeq: 0, limit: 9 })).toEqual(links.slice(4));
      expect(await audit().chain(accountId)).toEqual({ accountId, head: auditPoint(links), base });
      expect(await audit().purge({ accountId, base: auditPoint(links.slice(0, 1)), before: T0 })).toBe(0);
      expect((await audit().chain(accountId))?.base).toEqual(base);
      const other = foreign[0]?.accountId ?? '';
      expect(await audit().read({ accountId: other, afterSeq: 0, limit: 9 })).toEqual(foreign);
    });

    it('deletes an account with its chain, and no other', async () => {
      const [mine, foreign] = ['a', 'b'].map((name) => auditLinks({ accountId: freshId(name), count: 3 }));
      const [accountId, other] = [mine?.[0]?.accountId ?? '', foreign?.[0]?.accountId ?? ''];
      await append(mine ?? []);
      await append(foreign ?? []);
      expect(await audit().deleteAccount(accountId)).toBe(3);
      expect(await audit().deleteAccount(accountId)).toBe(0);
      expect(await audit().chain(accountId)).toBeUndefined();
      expect(await audit().read({ accountId: other, afterSeq: 0, limit: 9 })).toEqual(foreign);
    });

    it('refuses a cursor that it did not make', async () => {
      await refusedAsBadRequest((cursor) => audit().list({ accountId: 'a', limit: 2, cursor }));
    });
  });
}
