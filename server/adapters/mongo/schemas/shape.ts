import { type IndexDefinition, type IndexOptions, Schema, type SchemaDefinition } from 'mongoose';

/** One index: its keys and, when it is more than a way to find things, what else it does. */
export interface IndexSpec {
  readonly keys: IndexDefinition;
  readonly options?: IndexOptions;
}

/** MongoDB deletes each document once its own `expiresAt` has passed. */
export const TTL_INDEX: IndexSpec = { keys: { expiresAt: 1 }, options: { expireAfterSeconds: 0 } };

export const text = { type: String, required: true } as const;
export const count = { type: Number, required: true } as const;
export const time = { type: Date, required: true } as const;
export const bytes = { type: Buffer, required: true } as const;

/** Names every field of the document, so that the compiler finds the one that was forgotten. */
export type Fields<D> = { readonly [Key in keyof Omit<D, '_id'>]-?: SchemaDefinition[string] };

/**
 * A schema that takes the named fields and no other: an unknown one is an error, not silently left out.
 * `id` says that documents are named by the domain; otherwise MongoDB names them.
 */
export function createSchema<D>(input: {
  fields: Fields<D>;
  indexes: readonly IndexSpec[];
  id?: 'domain';
}): Schema<D> {
  const id = input.id === 'domain' ? { _id: text } : {};
  const schema = new Schema<D>({ ...input.fields, ...id } as SchemaDefinition<D>, {
    strict: 'throw',
    strictQuery: 'throw',
    versionKey: false,
    minimize: false,
    id: false,
  });
  addIndexes(schema, input.indexes);
  return schema;
}

export function addIndexes<D>(schema: Schema<D>, indexes: readonly IndexSpec[]): void {
  for (const { keys, options } of indexes) schema.index(keys, options);
}
