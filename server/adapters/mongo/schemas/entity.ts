import { Schema } from 'mongoose';
import type { Entity } from '../../../domain/index.ts';
import type { EntitySpec } from '../../../ports/stores.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { addIndexes, count, type IndexSpec, TTL_INDEX, text, time } from './shape.ts';

/** What every kind has, and the end of those that have one. */
type StoredEntity = Entity & { readonly expiresAt?: number };
const TIMES = ['createdAt', 'updatedAt', 'expiresAt'] as const;
export type EntityDocument = DocumentOf<StoredEntity, (typeof TIMES)[number]>;
export const entityCodec = createCodec<StoredEntity, (typeof TIMES)[number]>(TIMES);

/**
 * The schema of an entity kind: what all entities have, and any field besides, for the kind's own shape is
 * the domain's matter and an entity is kept whole. Indexes are those of its row in `ENTITY_SPECS`.
 */
export function createEntitySchema(spec: EntitySpec): Schema<EntityDocument> {
  const schema = new Schema<EntityDocument>(
    { _id: text, version: count, createdAt: time, updatedAt: time, expiresAt: Date },
    { strict: false, strictQuery: false, versionKey: false, minimize: false, id: false },
  );
  addIndexes(schema, indexesOf(spec));
  return schema;
}

function indexesOf(spec: EntitySpec): readonly IndexSpec[] {
  return [
    { keys: { createdAt: 1, _id: 1 } },
    ...spec.unique.map((field): IndexSpec => ({ keys: { [field]: 1 }, options: { unique: true } })),
    ...spec.indexed.map((field): IndexSpec => ({ keys: { [field]: 1, createdAt: 1, _id: 1 } })),
    ...(spec.expires ? [TTL_INDEX] : []),
  ];
}
