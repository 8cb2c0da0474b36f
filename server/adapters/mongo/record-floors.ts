import type { Model } from 'mongoose';
import type { RecordFloor } from '../../domain/index.ts';
import type { RecordFloors } from '../../ports/record-floors.ts';
import { toDate } from './codec.ts';
import { isDuplicateKey } from './errors.ts';
import { nativeOf } from './native.ts';
import { type DataKeyDocument, type FloorDocument, floorCodec } from './schemas/keys.ts';

export function createRecordFloors(
  model: Model<FloorDocument>,
  dataKeys: Model<DataKeyDocument>,
): RecordFloors {
  return {
    get: async (kind, id) => {
      const found = await model.findById(nameOf(kind, id)).lean<FloorDocument>();
      return found === null ? undefined : decode(found);
    },
    all: async (kind, ids) => {
      const names = ids.map((id) => nameOf(kind, id));
      return (await model.find({ _id: { $in: names } }).lean<FloorDocument[]>()).map(decode);
    },
    ofOwner: async (kind, owner) => {
      return (await model.find({ kind, owner }).lean<FloorDocument[]>()).map(decode);
    },
    put: async (floors) => {
      if (floors.length === 0) return;
      const writes = floors.map((floor) => {
        const { _id, ...replacement } = floorCodec.encode({ ...floor, id: nameOf(floor.kind, floor.id) });
        const filter = { _id, version: { $lte: floor.version } };
        return { replaceOne: { filter, replacement, upsert: true } };
      });
      // A higher floor does not match, and the insert that stands for it meets it: it stays.
      await nativeOf(model)
        .bulkWrite(writes, { ordered: false })
        .catch((error) => {
          if (!isDuplicateKey(error)) throw error;
        });
    },
    raise: async (floors) => {
      if (floors.length === 0) return;
      const writes = floors.map((floor) => {
        const { _id, ...replacement } = floorCodec.encode({ ...floor, id: nameOf(floor.kind, floor.id) });
        return { replaceOne: { filter: { _id, version: { $lte: floor.version } }, replacement } };
      });
      await nativeOf(model).bulkWrite(writes, { ordered: false });
    },
    remove: async (kind, ids, endedBy) => {
      const end = endedBy === undefined ? {} : { expiresAt: { $lte: toDate(endedBy) } };
      await model.deleteMany({ _id: { $in: ids.map((id) => nameOf(kind, id)) }, ...end });
    },
    ended: async (now, limit) => {
      const query = model.find({ expiresAt: { $lte: toDate(now) } }).sort({ expiresAt: 1 });
      return (await query.limit(limit).lean<FloorDocument[]>()).map(decode);
    },
    list: async ({ limit, cursor }) => {
      const after = cursor === undefined ? {} : { _id: { $gt: cursor } };
      const found = await model.find(after).sort({ _id: 1 }).limit(limit).lean<FloorDocument[]>();
      const last = found.at(-1);
      const items = found.map(decode);
      return found.length < limit || last === undefined ? { items } : { items, nextCursor: last._id };
    },
    clear: async () => {
      await model.deleteMany({});
      await nativeOf(dataKeys).updateMany({}, { $unset: { floor: '' } });
    },
  };
}

function nameOf(kind: string, id: string): string {
  return `${kind}:${id}`;
}

function decode(document: FloorDocument): RecordFloor {
  const { id, ...floor } = floorCodec.decode(document);
  return { ...floor, id: id.slice(floor.kind.length + 1) };
}
