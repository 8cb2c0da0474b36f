import type { Model } from 'mongoose';
import type { Entity } from '../../domain/index.ts';
import type { EntitySpec, EntityStore } from '../../ports/entity-stores.ts';
import { UniqueViolation } from '../../ports/entity-stores.ts';
import { duplicateField, isDuplicateKey } from './errors.ts';
import { type Keyset, keysetFilter, keysetSort, pageOf } from './keyset.ts';
import { nativeOf } from './native.ts';
import { type EntityDocument, entityCodec } from './schemas/entity.ts';

/**
 * Entities of one kind. They are written with the driver underneath the model: the domain has made them
 * whole, and a Mongoose document would give meaning to field names that are only data.
 */
export function createEntityStore<T extends Entity>(
  model: Model<EntityDocument>,
  spec: EntitySpec,
): EntityStore<T> {
  const decode = (document: EntityDocument) => entityCodec.decode(document) as T;
  const one = async (filter: Record<string, unknown>) => {
    const document = await model.findOne(filter).lean<EntityDocument>();
    return document === null ? undefined : decode(document);
  };
  return {
    get: (id) => one({ _id: id }),
    findBy: (field, value) => one(equals({ [field]: value }, spec.unique)),
    list: async ({ where = {}, newestFirst = false, limit, cursor }) => {
      const direction = newestFirst ? 'newest-first' : 'oldest-first';
      const keyset: Keyset = { time: 'createdAt', direction, cursor };
      const documents = await model
        .find({ ...equals(where, spec.indexed), ...keysetFilter(keyset) })
        .sort(keysetSort(keyset))
        .limit(limit + 1)
        .lean<EntityDocument[]>();
      return pageOf(documents.map(decode), limit, ({ createdAt, id }) => ({ at: createdAt, id }));
    },
    insert: async (entity) => {
      await asUniqueViolation(() => nativeOf(model).insertOne(entityCodec.encode(entity)));
    },
    replace: async (entity) => {
      const { _id, ...document } = entityCodec.encode(entity);
      const stored = { _id, version: entity.version - 1 };
      const result = await asUniqueViolation(() => nativeOf(model).replaceOne(stored, document));
      return result.matchedCount === 1;
    },
    delete: async (id) => (await model.deleteOne({ _id: id })).deletedCount === 1,
    deleteWhere: async (where) => {
      if (Object.keys(where).length === 0) throw new TypeError('a deletion names what it deletes');
      return (await model.deleteMany(equals(where, spec.indexed))).deletedCount;
    },
  };
}

/** An equality filter. The value can be nothing but a string, and the field none without an index. */
function equals(where: Readonly<Record<string, string>>, fields: readonly string[]): Record<string, unknown> {
  const conditions = Object.entries(where).map(([field, value]) => {
    if (!fields.includes(field) || typeof value !== 'string') throw new TypeError('no such condition');
    return [field, { $eq: value }];
  });
  return Object.fromEntries(conditions);
}

async function asUniqueViolation<R>(write: () => Promise<R>): Promise<R> {
  try {
    return await write();
  } catch (error) {
    throw isDuplicateKey(error) ? new UniqueViolation(duplicateField(error)) : error;
  }
}
