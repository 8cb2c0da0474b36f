import fc from 'fast-check';
import type { Conversation } from '../../../server/domain/index.ts';
import type { ConversationStore } from '../../../server/ports/index.ts';
import { aConversation, freshBytes, freshId, T0 } from '../../support/builders.ts';
import { plain } from '../../support/plain.ts';
import { SEED } from '../../support/seed.ts';
import { type OpenStores, useStores } from './use-stores.ts';

const RUNS = 40;
const STEPS = 25;
/** A failure is made smaller for no longer than this. */
const TIME_LIMIT_MS = 60_000;
const SESSIONS = 4;
const AGENTS = ['agent-1', 'agent-2'] as const;

const open_ = (conversation: Conversation): boolean => conversation.status !== 'closed';

/** The rules of the conversation store over a plain list. */
class ConversationModel {
  #all: Conversation[] = [];

  get all(): readonly Conversation[] {
    return this.#all;
  }

  create(conversation: Conversation): Conversation {
    const standing = this.#all.find((one) => one.sessionId === conversation.sessionId && open_(one));
    if (standing === undefined) this.#all.push(conversation);
    return standing ?? conversation;
  }

  replace(next: Conversation): boolean {
    const before = this.#all.find(({ id }) => id === next.id);
    if (before === undefined || before.version !== next.version - 1) return false;
    this.#put(before.anchor === undefined ? next : { ...next, anchor: before.anchor });
    return true;
  }

  anchor(id: string, anchor: { seq: number; mac: Uint8Array }): void {
    const before = this.#all.find((one) => one.id === id);
    if (before !== undefined && (before.anchor?.seq ?? 0) <= anchor.seq) this.#put({ ...before, anchor });
  }

  delete(id: string): boolean {
    const before = this.#all.length;
    this.#all = this.#all.filter((one) => one.id !== id);
    return this.#all.length < before;
  }

  #put(conversation: Conversation): void {
    this.#all = this.#all.map((one) => (one.id === conversation.id ? conversation : one));
  }
}

/** A conversation in another state, at the version given; a closed one stays closed. */
function changed(from: Conversation, query: { to: number; version: number }): Conversation {
  const { id, accountId, siteId, sessionId, caseId, tags, startedAt, queuedAt, expiresAt } = from;
  const base = {
    id,
    accountId,
    siteId,
    sessionId,
    caseId,
    tags,
    startedAt,
    queuedAt,
    expiresAt,
    version: query.version,
  };
  if (from.status === 'closed' || query.to === 2) {
    return { ...base, status: 'closed', closedAt: T0 + 9, closedBy: 'agent' };
  }
  if (query.to === 3) return { ...base, status: 'queued', queuedAt: queuedAt + 7 };
  return { ...base, status: 'active', agentId: AGENTS[query.to === 0 ? 0 : 1], assignedAt: T0 + 3 };
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      pick: fc.nat({ max: SESSIONS - 1 }),
      offset: fc.nat({ max: 5 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      pick: fc.nat(),
      to: fc.nat({ max: 3 }),
      stale: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('anchor' as const),
      pick: fc.nat(),
      seq: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), pick: fc.nat() }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Run {
  readonly store: ConversationStore;
  readonly model: ConversationModel;
  readonly accountId: string;
}

async function apply(one: Step, { store, model, accountId }: Run): Promise<void> {
  if (one.kind === 'create') {
    const startedAt = T0 + one.offset;
    const made = aConversation({ accountId, sessionId: `${accountId}/${one.pick}`, startedAt });
    expect(plain(await store.create(made))).toEqual(model.create(made));
    return;
  }
  const target = model.all[one.pick % Math.max(model.all.length, 1)] ?? aConversation({ accountId });
  if (one.kind === 'replace') {
    const version = target.version + (one.stale === 0 ? 0 : 1);
    const next = changed(target, { to: one.to, version });
    expect(await store.replace(next)).toBe(model.replace(next));
  } else if (one.kind === 'anchor') {
    const anchor = { seq: one.seq, mac: freshBytes(32) };
    await store.anchor([{ accountId, conversationId: target.id, anchor }]);
    model.anchor(target.id, anchor);
  } else {
    expect(await store.delete(accountId, target.id)).toBe(model.delete(target.id));
  }
}

async function compare({ store, model, accountId }: Run): Promise<void> {
  const byTime = (time: (one: Conversation) => number) => (a: Conversation, b: Conversation) =>
    time(a) - time(b) || (a.id < b.id ? -1 : 1);
  const listed = await store.list({ accountId, limit: 200 });
  expect(plain(listed.items)).toEqual([...model.all].sort(byTime((one) => one.startedAt)).reverse());
  const queued = model.all.filter(({ status }) => status === 'queued').sort(byTime((one) => one.queuedAt));
  expect(plain(await store.queue({ accountId, limit: 200 }))).toEqual(queued);
  expect(await store.queueLength({ accountId })).toBe(queued.length);
  for (const agentId of AGENTS) {
    const mine = model.all.filter((one) => one.status === 'active' && one.agentId === agentId);
    const ids = (all: readonly Conversation[]) => all.map(({ id }) => id).sort();
    expect(ids(await store.openOfAgent(accountId, agentId))).toEqual(ids(mine));
  }
  for (let session = 0; session < SESSIONS; session += 1) {
    const sessionId = `${accountId}/${session}`;
    const expected = model.all.find((one) => one.sessionId === sessionId && open_(one));
    expect(plain(await store.findOpenBySession(sessionId))).toEqual(expected);
  }
}

/** 1,000 random steps against a model in memory. */
export function describeConversationModel(name: string, open: OpenStores): void {
  describe(`${name}: conversation store against a model`, () => {
    const stores = useStores(open);

    it(`P5: behaves like the model (seed ${SEED})`, async () => {
      const steps = fc.array(step, { minLength: STEPS, maxLength: STEPS });
      await fc.assert(
        fc.asyncProperty(steps, async (plan) => {
          const run: Run = {
            store: stores().conversations,
            model: new ConversationModel(),
            accountId: freshId('account'),
          };
          for (const one of plan) await apply(one, run);
          await compare(run);
        }),
        { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: true },
      );
    }, 120_000);
  });
}
