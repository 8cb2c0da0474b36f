import { createNodeCipher } from '../../../server/adapters/crypto/node-cipher.ts';
import { RandomIds } from '../../../server/adapters/system/random-ids.ts';
import {
  type AuditLink,
  abilityOf,
  auditLinkText,
  type StaffPrincipal,
} from '../../../server/domain/index.ts';
import {
  AuditChainer,
  type AuditFloors,
  AuditVerifier,
  createAudit,
} from '../../../server/features/audit/index.ts';
import type { AuditStore } from '../../../server/ports/index.ts';
import { freshBytes, freshId, T0 } from '../../support/builders.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type OpenStores, useStores } from './use-stores.ts';

/** What a chain is worth on one technology: written by many at once, and tampered with in every way. */
export function describeAuditChain(name: string, open: OpenStores): void {
  describe(`${name}: audit chain`, () => {
    const stores = useStores(open);
    const cipher = createNodeCipher();
    const key = freshBytes(32);
    const clock = new FakeClock(T0);
    const chainer = new AuditChainer(cipher, async () => key);
    /** As in a deployment whose store of keys was put back with the rest. */
    const unknown = { noteAudit: () => {}, auditReach: async () => 0 };
    const auditOn = (audit: AuditStore, floors: AuditFloors = unknown) =>
      createAudit({ store: audit, chainer, floors, ids: new RandomIds(), clock });
    const verifier = (audit: AuditStore, floors: AuditFloors = unknown) =>
      new AuditVerifier({ store: audit, chainer, floors, clock });
    const verify = (accountId: string) => verifier(stores().audit).verify(accountId);
    const staff = (accountId: string): StaffPrincipal => ({
      ...{ userId: 'user-1', name: 'Alva', accountId },
      ...{ authorizations: new Map(), ability: abilityOf(new Map()), lent: new Map() },
    });

    /** `count` entries, written one after the other by one process. */
    async function written(count: number): Promise<{ accountId: string; links: readonly AuditLink[] }> {
      const accountId = freshId('account');
      const audit = auditOn(stores().audit);
      for (let index = 0; index < count; index += 1) {
        await audit.byStaff(staff(accountId), { action: 'user.read', details: { index } });
      }
      return { accountId, links: await stores().audit.read({ accountId, afterSeq: 0, limit: 1_000 }) };
    }

    /** The store as somebody left it who changed it behind the product's back. */
    function tampered(change: (links: readonly AuditLink[]) => readonly AuditLink[]): AuditStore {
      const { audit } = stores();
      return {
        ...bound(audit),
        read: async ({ accountId, afterSeq, limit }) => {
          const all = change(await audit.read({ accountId, afterSeq: 0, limit: 1_000 }));
          return all.filter(({ seq }) => seq > afterSeq).slice(0, limit);
        },
      };
    }

    it('is whole, and says where it ends', async () => {
      const { accountId, links } = await written(5);
      const end = links[4];
      expect(await verify(accountId)).toEqual({
        ...{ ok: true, entries: 5, unchained: 0, checkedAt: new Date(T0).toISOString() },
        head: { seq: 5, hash: end?.hash },
      });
    });

    it('can be computed again by anyone who has an export', async () => {
      const { links } = await written(3);
      let previous = '0'.repeat(64);
      for (const { hash, ...link } of links) {
        expect(link.previous).toBe(previous);
        expect(Buffer.from(cipher.hash(Buffer.from(auditLinkText(link)))).toString('hex')).toBe(hash);
        previous = hash;
      }
    });

    it('stays whole when many processes write to it at once, and loses nothing', async () => {
      const accountId = freshId('account');
      const nodes = Array.from({ length: 4 }, () => auditOn(stores().audit));
      const writes = nodes.flatMap((node, index) =>
        Array.from({ length: 40 }, (_, one) =>
          node.byStaff(staff(accountId), { action: 'user.read', details: { index, one } }),
        ),
      );
      await Promise.all(writes);
      expect(await verify(accountId)).toMatchObject({ ok: true, entries: 160 });
      const links = await stores().audit.read({ accountId, afterSeq: 0, limit: 1_000 });
      for (const index of nodes.keys()) {
        const mine = links.filter(({ details }) => details.index === index).map(({ details }) => details.one);
        expect(mine).toEqual(Array.from({ length: 40 }, (_, one) => one));
      }
    });

    it.each([
      [
        'altered',
        3,
        'a changed field',
        (link: AuditLink) => (link.seq === 3 ? { ...link, action: 'x' } : link),
      ],
      [
        'altered',
        3,
        'a changed time',
        (link: AuditLink) => (link.seq === 3 ? { ...link, at: link.at + 1 } : link),
      ],
      [
        'altered',
        3,
        'a changed detail',
        (link: AuditLink) => (link.seq === 3 ? { ...link, details: {} } : link),
      ],
      ['altered', 4, 'a hash made to fit', (link: AuditLink) => (link.seq === 3 ? remade(link) : link)],
      ['missing', 2, 'one taken out', (link: AuditLink) => (link.seq === 2 ? undefined : link)],
      ['missing', 1, 'the oldest taken away', (link: AuditLink) => (link.seq < 3 ? undefined : link)],
      ['truncated', 5, 'the newest cut off', (link: AuditLink) => (link.seq > 4 ? undefined : link)],
      ['truncated', 1, 'all taken away', () => undefined],
    ] as const)('shows as %s at %i: %s', async (kind, seq, _title, change) => {
      const { accountId } = await written(6);
      const audit = tampered((links) => links.flatMap((link) => change(link) ?? []));
      expect((await verifier(audit).verify(accountId)).fault).toEqual({ kind, seq });
    });

    it('shows two entries that changed places, and one played again', async () => {
      const { accountId } = await written(4);
      const swapped = tampered((links) =>
        links.map((link) => ({ ...(links[[0, 2, 1, 3][link.seq - 1] ?? 0] ?? link), seq: link.seq })),
      );
      expect((await verifier(swapped).verify(accountId)).fault).toEqual({ kind: 'altered', seq: 2 });
      const again = tampered((links) => [...links, ...links.slice(0, 1).map((one) => ({ ...one, seq: 5 }))]);
      expect((await verifier(again).verify(accountId)).fault).toEqual({ kind: 'altered', seq: 5 });
    });

    it('shows a chain made anew from its start without the key', async () => {
      const { accountId, links } = await written(3);
      const forger = new AuditChainer(cipher, async () => freshBytes(32));
      const forged = forger.link({ seq: 0, hash: '0'.repeat(64) }, links.slice(0, 2));
      const head = await forger.point('head', accountId, forged[1] ?? { seq: 0, hash: '' });
      const audit = { ...tampered(() => forged), chain: async () => ({ accountId, head }) };
      expect((await verifier(audit).verify(accountId)).fault?.kind).toBe('anchor_forged');
    });

    it('shows an older copy of a whole chain against how long it was known to be', async () => {
      const accountId = freshId('account');
      const reached = new Map<string, number>();
      const floors: AuditFloors = {
        noteAudit: (id, seq) => reached.set(id, seq),
        auditReach: async (id) => reached.get(id) ?? 0,
      };
      const audit = auditOn(stores().audit, floors);
      await audit.byStaff(staff(accountId), { action: 'user.read' });
      const chain = await stores().audit.chain(accountId);
      await audit.byStaff(staff(accountId), { action: 'user.read' });
      expect((await verifier(stores().audit, floors).verify(accountId)).ok).toBe(true);
      const older = { ...tampered((links) => links.slice(0, 1)), chain: async () => chain };
      expect((await verifier(older).verify(accountId)).ok).toBe(true);
      const found = await verifier(older, floors).verify(accountId);
      expect(found.fault).toEqual({ kind: 'truncated', seq: 2 });
    });

    it('does not take the checkpoint for the head, or that of another account', async () => {
      const one = await written(3);
      const other = await written(3);
      const chain = await stores().audit.chain(other.accountId);
      const foreign = chain && { ...chain, accountId: one.accountId };
      const audit = { ...bound(stores().audit), chain: async () => foreign };
      expect((await verifier(audit).verify(one.accountId)).fault?.kind).toBe('anchor_forged');
      const head = await chainer.point('head', one.accountId, one.links[2] ?? { seq: 0, hash: '' });
      const cut = {
        ...bound(stores().audit),
        chain: async () => ({ accountId: one.accountId, head, base: head }),
      };
      expect((await verifier(cut).verify(one.accountId)).fault?.kind).toBe('anchor_forged');
    });

    it('shows an older copy of the whole store to who kept its head elsewhere', async () => {
      const { accountId, links } = await written(3);
      const { audit } = stores();
      const last = links[2] ?? { seq: 0, hash: '' };
      expect((await verifier(audit).verify(accountId, last)).ok).toBe(true);
      const later = { seq: 9, hash: last.hash };
      expect((await verifier(audit).verify(accountId, later)).fault).toEqual({ kind: 'truncated', seq: 4 });
      const other = { seq: 3, hash: 'f'.repeat(64) };
      expect((await verifier(audit).verify(accountId, other)).fault).toEqual({ kind: 'altered', seq: 3 });
    });

    it('says of an account without a chain that it is missing', async () => {
      expect((await verify(freshId('account'))).fault).toEqual({ kind: 'head_missing', seq: 1 });
    });

    it('refuses what could not be written down, and goes on when it can', async () => {
      const accountId = freshId('account');
      const { audit } = stores();
      let fails = true;
      const failing: AuditStore = {
        ...bound(audit),
        append: async (links, head) => {
          if (fails) throw new Error('the store failed');
          return audit.append(links, head);
        },
      };
      const log = auditOn(failing);
      await expect(log.byStaff(staff(accountId), { action: 'user.read' })).rejects.toThrow(
        'the store failed',
      );
      fails = false;
      await log.byStaff(staff(accountId), { action: 'user.read' });
      expect(await verify(accountId)).toMatchObject({ ok: true, entries: 1 });
    });

    const remade = (link: AuditLink): AuditLink => {
      const { hash: _was, ...place } = { ...link, action: 'x' };
      return { ...place, hash: chainer.hashOf(place) };
    };
  });
}

function bound(audit: AuditStore): AuditStore {
  return {
    append: (...args) => audit.append(...args),
    last: (...args) => audit.last(...args),
    read: (...args) => audit.read(...args),
    chain: (...args) => audit.chain(...args),
    unchained: (...args) => audit.unchained(...args),
    list: (...args) => audit.list(...args),
    purge: (...args) => audit.purge(...args),
    deleteAccount: (accountId) => audit.deleteAccount(accountId),
  };
}
