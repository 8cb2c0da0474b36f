import type { ActiveConversation, Conversation, QueuedConversation } from '../../../server/domain/index.ts';
import { DAY_MS } from '../../../server/domain/index.ts';
import type { ConversationFilter } from '../../../server/ports/index.ts';
import { aConversation, assigned, closed, freshBytes, freshId, T0 } from '../../support/builders.ts';
import { plain } from '../../support/plain.ts';
import { refusedAsBadRequest } from './cursors.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const ids = (conversations: readonly Conversation[]): string[] => conversations.map(({ id }) => id);

/** What every conversation store promises about ownership, the queue and lists. */
export function describeConversationStore(name: string, open: OpenStores): void {
  describe(`${name}: conversation store`, () => {
    const stores = useStores(open);
    const store = () => stores().conversations;
    const keep = async <T extends Conversation>(conversation: T): Promise<T> => {
      await store().create(conversation);
      return conversation;
    };
    const get = async ({ accountId, id }: Conversation) => plain(await store().get(accountId, id));

    describe('create and get', () => {
      it('gives back what was kept, with every optional field', async () => {
        const full = aConversation({
          departmentId: 'd-1',
          tags: ['å', '"quoted"'],
          rating: 5,
          firstResponseAt: T0 + 5,
        });
        const withAnchor = { ...full, anchor: { seq: 7, mac: freshBytes(32) } };
        expect(plain(await store().create(withAnchor))).toEqual(withAnchor);
        expect(await get(withAnchor)).toEqual(withAnchor);
        const bare = await keep(aConversation());
        expect(await get(bare)).toEqual(bare);
        expect(Object.keys((await get(bare)) ?? {})).not.toContain('anchor');
      });

      it('P6: knows a conversation under its own account alone', async () => {
        const kept = await keep(aConversation());
        expect(await store().get(freshId('account'), kept.id)).toBeUndefined();
        expect(await store().delete(freshId('account'), kept.id)).toBe(false);
        expect(await get(kept)).toEqual(kept);
      });

      it('answers the open one when its session has one', async () => {
        const first = await keep(aConversation());
        const second = aConversation({ accountId: first.accountId, sessionId: first.sessionId });
        expect(plain(await store().create(second))).toEqual(first);
        expect(await get(second)).toBeUndefined();
        const active = assigned(first, 'agent-1');
        await store().replace(active);
        expect(plain(await store().create(second))).toEqual(active);
      });

      it('takes a new one once the old one is closed', async () => {
        const first = await keep(aConversation());
        await store().replace(closed(first));
        const second = aConversation({ accountId: first.accountId, sessionId: first.sessionId });
        expect(plain(await store().create(second))).toEqual(second);
        expect(plain(await store().findOpenBySession(first.sessionId))).toEqual(second);
      });

      it('makes one room of 20 starts at once', async () => {
        const sessionId = freshId('session');
        const accountId = freshId('account');
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => store().create(aConversation({ accountId, sessionId }))),
        );
        expect(new Set(ids(answers)).size).toBe(1);
        expect((await store().list({ accountId, limit: 50 })).items).toHaveLength(1);
      });

      it('answers the one that stands when the same id comes again', async () => {
        const kept = await keep(aConversation());
        expect(plain(await store().create(kept))).toEqual(kept);
      });

      it('finds no open one where there is none', async () => {
        const kept = await keep(aConversation());
        await store().replace(closed(kept));
        expect(await store().findOpenBySession(kept.sessionId)).toBeUndefined();
        expect(await store().findOpenBySession(freshId('session'))).toBeUndefined();
      });
    });

    describe('replace', () => {
      it('writes the next version and drops the fields that it no longer has', async () => {
        const kept = await keep(aConversation());
        const active = assigned(kept, 'agent-1');
        expect(await store().replace(active)).toBe(true);
        expect(await get(kept)).toEqual(active);
        const back = { ...kept, version: 3, queuedAt: T0 + 9_000 };
        expect(await store().replace(back)).toBe(true);
        expect(await get(kept)).toEqual(back);
        expect((await store().openOfAgent(kept.accountId, 'agent-1')).length).toBe(0);
      });

      it('refuses a version that is not the next one', async () => {
        const kept = await keep(aConversation());
        for (const version of [1, 3, 0]) {
          expect(await store().replace({ ...assigned(kept, 'agent-1'), version })).toBe(false);
        }
        expect(await store().replace(aConversation({ version: 2 }))).toBe(false);
        expect(await get(kept)).toEqual(kept);
      });

      it('P5: lets exactly one of 20 agents win', async () => {
        const kept = await keep(aConversation());
        const agents = Array.from({ length: 20 }, (_, index) => `agent-${index}`);
        const won = await Promise.all(agents.map((agentId) => store().replace(assigned(kept, agentId))));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await get(kept)).toEqual(assigned(kept, agents[won.indexOf(true)] ?? ''));
      });

      it('P6: does not replace under another account', async () => {
        const kept = await keep(aConversation());
        expect(await store().replace({ ...assigned(kept, 'agent-1'), accountId: freshId('account') })).toBe(
          false,
        );
        expect(await get(kept)).toEqual(kept);
      });

      it('keeps an anchor that was written since the version was read', async () => {
        const kept = await keep(aConversation());
        const anchor = { seq: 5, mac: freshBytes(32) };
        await store().anchor([{ accountId: kept.accountId, conversationId: kept.id, anchor }]);
        expect(await store().replace(assigned(kept, 'agent-1'))).toBe(true);
        expect((await get(kept))?.anchor).toEqual(anchor);
        const older = { ...closed(assigned(kept, 'agent-1')), anchor: { seq: 4, mac: freshBytes(32) } };
        expect(await store().replace(older)).toBe(true);
        expect((await get(kept))?.anchor).toEqual(anchor);
      });

      it('keeps an expiry that the retention changed since the version was read', async () => {
        const kept = await keep(aConversation());
        await stores().retention.applyTranscriptRetention(kept.accountId, DAY_MS);
        expect(await store().replace(assigned(kept, 'agent-1'))).toBe(true);
        expect((await get(kept))?.expiresAt).toBe(kept.startedAt + DAY_MS);
      });
    });

    describe('anchor', () => {
      const put = (conversation: Conversation, seq: number, mac: Uint8Array) =>
        store().anchor([
          { accountId: conversation.accountId, conversationId: conversation.id, anchor: { seq, mac } },
        ]);

      it('goes forward and never back, and changes no version', async () => {
        const kept = await keep(aConversation());
        const [three, five] = [freshBytes(32), freshBytes(32)];
        await put(kept, 3, three);
        expect((await get(kept))?.anchor).toEqual({ seq: 3, mac: three });
        await put(kept, 5, five);
        await put(kept, 4, freshBytes(32));
        expect(await get(kept)).toEqual({ ...kept, anchor: { seq: 5, mac: five } });
      });

      it('takes the mark of a transcript that was sealed anew, at the same place', async () => {
        const kept = await keep(aConversation());
        const [before, after] = [freshBytes(64), freshBytes(32)];
        await put(kept, 3, before);
        await put(kept, 3, after);
        expect((await get(kept))?.anchor).toEqual({ seq: 3, mac: after });
      });

      it('leaves that mark to who knows of it', async () => {
        const kept = await keep(aConversation());
        const { accountId, id: conversationId } = kept;
        const lane = (seq: number, mac: Uint8Array) =>
          store().anchor([{ accountId, conversationId, anchor: { seq, mac }, onlyFurther: true }]);
        const [first, resealed, further] = [freshBytes(32), freshBytes(32), freshBytes(32)];
        await lane(3, first);
        expect((await get(kept))?.anchor).toEqual({ seq: 3, mac: first });
        await put(kept, 3, resealed);
        await lane(3, freshBytes(32));
        expect((await get(kept))?.anchor).toEqual({ seq: 3, mac: resealed });
        await lane(4, further);
        expect((await get(kept))?.anchor).toEqual({ seq: 4, mac: further });
      });

      it('writes many at once, one conversation several times, unknown ones not at all', async () => {
        const [one, two] = [await keep(aConversation()), await keep(aConversation())];
        const macs = [freshBytes(32), freshBytes(32), freshBytes(32)] as const;
        const at = (conversation: Conversation, seq: number, mac: Uint8Array) => ({
          accountId: conversation.accountId,
          conversationId: conversation.id,
          anchor: { seq, mac },
        });
        await store().anchor([
          at(one, 2, macs[0]),
          at(two, 9, macs[1]),
          at(one, 6, macs[2]),
          at(aConversation(), 1, macs[0]),
        ]);
        await store().anchor([]);
        expect((await get(one))?.anchor).toEqual({ seq: 6, mac: macs[2] });
        expect((await get(two))?.anchor).toEqual({ seq: 9, mac: macs[1] });
      });

      it('P6: writes nothing under another account', async () => {
        const kept = await keep(aConversation());
        await put({ ...kept, accountId: freshId('account') }, 3, freshBytes(32));
        expect(await get(kept)).toEqual(kept);
      });

      it('ends at the highest of 20 writers at once', async () => {
        const kept = await keep(aConversation());
        const macs = Array.from({ length: 20 }, () => freshBytes(32));
        await Promise.all(macs.map((mac, index) => put(kept, index + 1, mac)));
        expect((await get(kept))?.anchor).toEqual({ seq: 20, mac: macs[19] });
      });
    });

    describe('marks', () => {
      it('says how conversations stand, and leaves out those that are gone', async () => {
        const [one, two, gone] = [await keep(aConversation()), await keep(aConversation()), aConversation()];
        const anchor = { seq: 2, mac: freshBytes(32) };
        await store().anchor([{ accountId: two.accountId, conversationId: two.id, anchor }]);
        const next = assigned(two, 'agent-1');
        await store().replace(next);
        const marks = await store().marks([one.id, two.id, gone.id]);
        expect([...marks.keys()].sort()).toEqual([one.id, two.id].sort());
        expect(marks.get(one.id)).toEqual({ version: one.version });
        expect(marks.get(two.id)).toEqual({ version: next.version, anchor });
        expect((await store().marks([])).size).toBe(0);
      });
    });

    describe('queue', () => {
      it('lines up by arrival, then id, whatever the order of writing', async () => {
        const accountId = freshId('account');
        const at = [5, 1, 3, 3, 3, 2].map((offset) => aConversation({ accountId, queuedAt: T0 + offset }));
        for (const conversation of at) await keep(conversation);
        const expected = [...at].sort((a, b) => a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1));
        expect(plain(await store().queue({ accountId, limit: 100 }))).toEqual(expected);
        expect(ids(await store().queue({ accountId, limit: 2 }))).toEqual(ids(expected.slice(0, 2)));
        expect(await store().queueLength({ accountId })).toBe(6);
      });

      it('holds queued ones alone, and puts one that comes back at its new place', async () => {
        const accountId = freshId('account');
        const [first, second] = [
          await keep(aConversation({ accountId, queuedAt: T0 })),
          await keep(aConversation({ accountId, queuedAt: T0 + 1 })),
        ];
        const active = assigned(first, 'agent-1');
        await store().replace(active);
        expect(ids(await store().queue({ accountId, limit: 10 }))).toEqual([second.id]);
        await store().replace({ ...first, queuedAt: T0 + 2, version: 3 });
        expect(ids(await store().queue({ accountId, limit: 10 }))).toEqual([second.id, first.id]);
        expect(await store().accountsWithQueue()).toContain(accountId);
        for (const one of [second, { ...first, version: 3 }]) await store().replace(closed(one));
        expect(await store().queueLength({ accountId })).toBe(0);
        expect(await store().accountsWithQueue()).not.toContain(accountId);
      });

      it('shows the queue of some departments, and of those who have none', async () => {
        const accountId = freshId('account');
        const departments = ['sales', undefined, 'help', 'sales', undefined];
        const rooms = departments.map((departmentId, index) =>
          aConversation({ accountId, queuedAt: T0 + index, ...(departmentId && { departmentId }) }),
        );
        for (const room of rooms) await keep(room);
        const queue = async (of: (string | null)[]) => {
          const waiting = await store().queue({ accountId, departments: of, limit: 10 });
          expect(await store().queueLength({ accountId, departments: of })).toBe(waiting.length);
          return waiting.map(({ id }) => rooms.findIndex((room) => room.id === id));
        };
        expect(await queue(['sales'])).toEqual([0, 3]);
        expect(await queue([null])).toEqual([1, 4]);
        expect(await queue(['help', null])).toEqual([1, 2, 4]);
        expect(await queue([])).toEqual([]);
        const queued = await store().queuedDepartments(accountId);
        expect([...queued].map(String).sort()).toEqual(['help', 'null', 'sales']);
        expect(await store().queuedDepartments(freshId('account'))).toEqual([]);
      });

      it('P6: keeps the queues of accounts apart', async () => {
        const [one, other] = [await keep(aConversation()), await keep(aConversation())];
        expect(ids(await store().queue({ accountId: one.accountId, limit: 10 }))).toEqual([one.id]);
        expect(ids(await store().queue({ accountId: other.accountId, limit: 10 }))).toEqual([other.id]);
        const both = (await store().accountsWithQueue()).filter((id) =>
          [one.accountId, other.accountId].includes(id),
        );
        expect(both.sort()).toEqual([one.accountId, other.accountId].sort());
      });

      it("knows an agent's open chats, not the closed ones nor another account's", async () => {
        const accountId = freshId('account');
        const agentId = freshId('agent');
        const rooms = [
          aConversation({ accountId }),
          aConversation({ accountId }),
          aConversation({ accountId }),
          aConversation(),
        ];
        for (const room of rooms) {
          await keep(room);
          await store().replace(assigned(room, agentId));
        }
        const [, , third] = rooms;
        if (third !== undefined) await store().replace(closed(assigned(third, agentId)));
        const open_ = await store().openOfAgent(accountId, agentId);
        expect(ids(open_).sort()).toEqual(ids(rooms.slice(0, 2)).sort());
        expect(await store().openOfAgent(accountId, freshId('agent'))).toEqual([]);
      });
    });

    describe('list', () => {
      const walk = async (filter: ConversationFilter): Promise<Conversation[]> => {
        const page = await store().list(filter);
        if (page.nextCursor === undefined) return [...page.items];
        return [...page.items, ...(await walk({ ...filter, cursor: page.nextCursor }))];
      };

      it('walks newest first over equal times without a gap or a double', async () => {
        const accountId = freshId('account');
        const rooms = Array.from({ length: 23 }, (_, index) =>
          aConversation({ accountId, startedAt: T0 + Math.floor(index / 6) }),
        );
        for (const room of rooms) await keep(room);
        const expected = [...rooms].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
        for (const limit of [1, 5, 23, 100])
          expect(plain(await walk({ accountId, limit }))).toEqual(expected);
        expect((await store().list({ accountId, limit: 23 })).nextCursor).toBeUndefined();
      });

      it('goes on from its place when newer ones come and a read one goes', async () => {
        const accountId = freshId('account');
        const rooms = Array.from({ length: 6 }, (_, index) =>
          aConversation({ accountId, startedAt: T0 + index }),
        );
        for (const room of rooms) await keep(room);
        const page = await store().list({ accountId, limit: 3 });
        await keep(aConversation({ accountId, startedAt: T0 + 100 }));
        await store().delete(accountId, page.items[2]?.id ?? '');
        const rest = await walk({ accountId, limit: 2, cursor: page.nextCursor ?? '' });
        expect(ids(rest)).toEqual(ids([...rooms].reverse().slice(3)));
      });

      it('filters by a department, and shows nothing outside those that it is kept to', async () => {
        const accountId = freshId('account');
        const departments = ['sales', undefined, 'help', 'sales', 'claims'];
        const rooms = departments.map((departmentId, index) =>
          aConversation({ accountId, startedAt: T0 + index, ...(departmentId && { departmentId }) }),
        );
        for (const room of rooms) await keep(room);
        const listed = async (filter: Partial<ConversationFilter>) =>
          (await walk({ accountId, limit: 1, ...filter })).map(({ id }) =>
            rooms.findIndex((room) => room.id === id),
          );
        expect(await listed({ departmentId: 'sales' })).toEqual([3, 0]);
        expect(await listed({ departments: ['claims', 'sales'] })).toEqual([4, 3, 0]);
        expect(await listed({ departments: ['help'], departmentId: 'sales' })).toEqual([]);
        expect(await listed({ departments: [] })).toEqual([]);
        expect(await listed({ departments: ['help', 'sales'], departmentId: 'sales' })).toEqual([3, 0]);
      });

      it('keeps a reader to what waits, what they have or had, and all of their departments', async () => {
        const accountId = freshId('account');
        let serial = 0;
        const room = (more: { departmentId?: string } = {}) =>
          keep(aConversation({ accountId, startedAt: T0 + Math.floor(serial++ / 2), ...more }));
        const handed = async (to: readonly string[], more = {}) => {
          let standing: QueuedConversation | ActiveConversation = await room(more);
          for (const agentId of to) {
            standing = assigned(standing, agentId);
            expect(await store().replace(standing)).toBe(true);
          }
          return standing;
        };
        const waiting = await room();
        const mine = await handed(['me']);
        const given = await handed(['me', 'other']);
        await handed(['other']);
        const ended = await handed(['me', 'other', 'me', 'other']);
        await store().replace(closed(ended));
        const sales = await handed(['other'], { departmentId: 'sales' });
        const newest = (wanted: readonly Conversation[]) =>
          ids([...wanted].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)));
        const read = async (filter: Partial<ConversationFilter>) =>
          ids(await walk({ accountId, limit: 2, ...filter }));
        const reader = { agentId: 'me', departments: [] };
        expect(await read({ reader })).toEqual(newest([waiting, mine, given, ended]));
        const inSales = { ...reader, departments: ['sales'] };
        expect(await read({ reader: inSales })).toEqual(newest([waiting, mine, given, ended, sales]));
        expect(await read({ reader, status: 'active' })).toEqual(newest([mine, given]));
        expect(await read({ reader, agentId: 'other' })).toEqual(newest([given, ended]));
        expect(await read({ reader: { ...reader, agentId: 'nobody' } })).toEqual([waiting.id]);
        expect(await walk({ accountId: freshId('account'), limit: 2, reader })).toEqual([]);
        await store().delete(accountId, given.id);
        expect(await read({ reader })).toEqual(newest([waiting, mine, ended]));
      });

      it('filters by agent, session, status, case and inclusive times, and by all of them together', async () => {
        const accountId = freshId('account');
        const rooms = Array.from({ length: 8 }, (_, index) =>
          aConversation({ accountId, startedAt: T0 + index, caseId: index % 2 === 0 ? 'even' : 'odd' }),
        );
        for (const room of rooms) await keep(room);
        for (const room of rooms.slice(4)) await store().replace(assigned(room, 'agent-1'));
        const listed = async (filter: Partial<ConversationFilter>) =>
          ids(await walk({ accountId, limit: 2, ...filter }));
        const newest = ids([...rooms].reverse());
        expect(await listed({ agentId: 'agent-1' })).toEqual(newest.slice(0, 4));
        expect(await listed({ status: 'queued' })).toEqual(newest.slice(4));
        expect(await listed({ caseId: 'odd' })).toEqual(newest.filter((_, index) => index % 2 === 0));
        expect(await listed({ sessionId: rooms[3]?.sessionId ?? '' })).toEqual([rooms[3]?.id]);
        expect(await listed({ from: T0 + 2, to: T0 + 5 })).toEqual(newest.slice(2, 6));
        const narrow = {
          agentId: 'agent-1',
          status: 'active',
          caseId: 'odd',
          from: T0 + 5,
          to: T0 + 6,
        } as const;
        expect(await listed(narrow)).toEqual([rooms[5]?.id]);
        expect(await listed({ ...narrow, caseId: 'none' })).toEqual([]);
        expect(await walk({ accountId: freshId('account'), limit: 2 })).toEqual([]);
      });

      it('refuses a cursor that it did not make', async () => {
        await refusedAsBadRequest((cursor) => store().list({ accountId: 'account-1', limit: 2, cursor }));
      });
    });

    it('deletes once', async () => {
      const kept = await keep(aConversation());
      expect(await store().delete(kept.accountId, kept.id)).toBe(true);
      expect(await store().delete(kept.accountId, kept.id)).toBe(false);
      expect(await get(kept)).toBeUndefined();
      expect(await store().queueLength({ accountId: kept.accountId })).toBe(0);
    });
  });
}
