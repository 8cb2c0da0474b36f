import type { Model, mongo } from 'mongoose';
import { isDuplicateKey } from './errors.ts';
import { nativeOf } from './native.ts';

/**
 * Inserts documents that carry their own `_id`, in one write. One that is there already is left as it is:
 * ids are never given twice, so it is the same document, sent again after a lost answer.
 */
export async function insertNew<D extends { readonly _id: string }>(
  model: Model<D>,
  documents: readonly D[],
): Promise<void> {
  if (documents.length === 0) return;
  try {
    await nativeOf(model).insertMany(documents as readonly mongo.OptionalUnlessRequiredId<D>[], {
      ordered: false,
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}
