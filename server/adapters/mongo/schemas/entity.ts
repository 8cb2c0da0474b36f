import { Schema } from 'mongoose';
import type { Entity } from '../../../domain/index.ts';
import type { EntitySpec } from '../../../ports/entity-stores.ts';
import { createCodec, type DocumentOf, withoutUndefined } from '../codec.ts';
import { addIndexes, count, type IndexSpec, TTL_INDEX, text, time } from './shape.ts';

/** What every kind has, and the end of those that have one. */
type StoredEntity = Entity & { readonly retainFrom?: number; readonly expiresAt?: number };
const TIMES = ['createdAt', 'updatedAt', 'retainFrom', 'expiresAt'] as const;
export type EntityDocument = DocumentOf<StoredEntity, (typeof TIMES)[number]>;
const codec = createCodec<StoredEntity, (typeof TIMES)[number]>(TIMES);
export const entityCodec: typeof codec = {
  encode: (entity) => codec.encode(deepWithoutUndefined(entity) as StoredEntity),
  decode: codec.decode,
};

/** An entity is any depth of plain data; an optional field without a value is kept as one that is not there. */
function deepWithoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepWithoutUndefined);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, deepWithoutUndefined(field)]);
  return withoutUndefined(Object.fromEntries(fields));
}

/**
 * The schema of an entity kind: what all entities have, and any field besides, for the kind's own shape is
 * the domain's matter and an entity is kept whole. Indexes are those of its row in `ENTITY_SPECS`.
 */
export function createEntitySchema(spec: EntitySpec): Schema<EntityDocument> {
  const schema = new Schema<EntityDocument>(
    { _id: text, version: count, createdAt: time, updatedAt: time, retainFrom: Date, expiresAt: Date },
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
