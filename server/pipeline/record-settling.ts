import { ACTIVITY } from './guarded-activity.ts';
import type { Guard } from './guarded-stores.ts';
import { accountIds, conversationsOf, KINDS, pages, storeOf } from './stored-records.ts';

/**
 * Notes floors anew from what stands, as after a restore, which has put back older records of right. Answers how many
 * records were left without, because they are not what was written.
 */
export async function settleFloors(guard: Guard): Promise<number> {
  await guard.records.clear();
  let left = 0;
  for (const kind of KINDS) {
    const guarded = guard.entities[kind];
    for await (const items of guard.entities[kind].pages()) {
      const whole = await filtered(items, (item) => guarded.isWhole(item));
      await guard.records.put(await Promise.all(whole.map((item) => guarded.floors.of(item, true))));
      left += items.length - whole.length;
    }
  }
  for await (const entries of pages(guard.raw.activity)) {
    await guard.records.put(await Promise.all(entries.map((entry) => guard.activity.floorOf(entry))));
  }
  for await (const conversation of conversationsOf(guard)) {
    const { id, version, anchor } = conversation;
    if (await guard.conversations.isWhole(conversation))
      guard.floors.note(id, { version, seq: anchor?.seq ?? 0 });
    else left += 1;
  }
  for await (const accountId of accountIds(guard)) {
    const chain = await guard.raw.audit.chain(accountId);
    if (chain !== undefined) guard.floors.noteAudit(accountId, chain.head.seq);
  }
  await guard.floors.writeAll();
  return left;
}

/**
 * Puts the seal of this deployment on what another one had erased, whose list outlived a restore over it. All of it is
 * honoured: what was erased stays erased, and to add to the list gains nothing that deleting would not. Answers how much
 * there was.
 */
export async function sealErasureList({ raw, erasureList }: Guard): Promise<number> {
  let sealed = 0;
  for await (const items of pages(raw.erasureList)) {
    const whole = await Promise.all(items.map((thing) => erasureList.isWhole(thing)));
    const strange = items.filter((_, index) => whole[index] === false);
    await erasureList.put(strange.map(({ id, kind, accountId, at }) => ({ id, kind, accountId, at })));
    sealed += strange.length;
  }
  return sealed;
}

/** Seals what carries no seal: records of a release before there was one. Answers how many. */
export async function adoptRecords(guard: Guard): Promise<number> {
  let adopted = 0;
  for (const kind of KINDS) {
    for await (const items of guard.entities[kind].pages()) {
      for (const item of items.filter(isBare)) {
        const next = await guard.entities[kind].seal({ ...item, version: item.version + 1 });
        if (await storeOf(guard, kind).replace(next)) adopted += 1;
      }
    }
  }
  for await (const conversation of conversationsOf(guard)) {
    if (!isBare(conversation)) continue;
    const next = await guard.conversations.seal({ ...conversation, version: conversation.version + 1 });
    if (await guard.raw.conversations.replace(next)) adopted += 1;
  }
  for await (const entries of pages(guard.raw.activity)) {
    const sealed = await Promise.all(entries.filter(isBare).map((entry) => guard.activity.seal(entry)));
    await guard.raw.activity.disconnected(
      sealed.map(({ id, mac }) => ({ id, ...(mac !== undefined && { mac }) })),
    );
    adopted += sealed.length;
  }
  for await (const accountId of accountIds(guard)) {
    for (const stored of (await guard.raw.presence.list(accountId)).filter(isBare)) {
      const next = { ...stored, version: (stored.version ?? 0) + 1 };
      await guard.raw.presence.force(await guard.presence.seal(next));
      adopted += 1;
    }
  }
  adopted += await sealErasureList(guard);
  await settleFloors(guard);
  return adopted;
}

/** Takes one entity as it stands now for what it should be, after somebody has looked at it; one that is gone, too. */
export async function acceptRecord(guard: Guard, kind: string, id: string): Promise<boolean> {
  const known = KINDS.find((one) => one === kind);
  if (known === undefined) return kind === ACTIVITY && acceptMissingActivity(guard, id);
  const [store, guarded] = [storeOf(guard, known), guard.entities[known]];
  const stored = await store.get(id);
  const floor = await guard.records.get(kind, id);
  if (stored === undefined) {
    await guard.records.remove(kind, [id]);
    return floor !== undefined;
  }
  const version = stored.version + 1;
  const next = { ...stored, version };
  if (!(await store.replace(await guarded.seal(next)))) return false;
  await guard.records.remove(kind, [id]);
  await guard.records.put([await guarded.floors.of(next, true)]);
  return true;
}

async function acceptMissingActivity({ raw, records }: Guard, id: string): Promise<boolean> {
  const isGone = (await raw.activity.get(id)) === undefined;
  if (!isGone || (await records.get(ACTIVITY, id)) === undefined) return false;
  await records.remove(ACTIVITY, [id]);
  return true;
}

async function filtered<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}

function isBare(stored: object): boolean {
  return !('mac' in stored);
}
