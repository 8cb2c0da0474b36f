import mongoose, { type Connection, type mongo } from 'mongoose';
import type { Archive, ArchivePart } from '../../ports/archive.ts';
import { connect, type MongoOptions } from './connection.ts';
import { shielded, toStoreError } from './errors.ts';
import { RESTORE_STATE, readRestoreState, writeRestoreState } from './restore-state.ts';

const { EJSON } = mongoose.mongo.BSON;

const KEYS = ['account_keys', 'data_keys', 'erasure_list', 'named_keys', 'record_floors'];
const LEFT_OUT = ['activity_logs', 'refresh_families'];
const KEPT = 'erasure_list';
/** No part of what is kept. */
const OWN = [...KEYS, RESTORE_STATE];

const AS_BSON = { promoteBuffers: false } as const;

type Document = { _id: unknown };

/**
 * A MongoDB store as rows in canonical Extended JSON, by `_id`. Collections are read one after the other while the
 * server runs, so each document is whole, and the copy spans the time that it took.
 */
export async function openMongoArchive(options: MongoOptions): Promise<Archive> {
  const main = await connect(options).catch((error: unknown) => {
    throw toStoreError(error);
  });
  const keys = options.keysUri === undefined ? main : await connect({ uri: options.keysUri });
  const connectionOf = (part: ArchivePart): Connection => (part === 'keys' ? keys : main);
  const collectionOf = (part: ArchivePart, name: string): mongo.Collection<Document> =>
    connectionOf(part).getClient().db(connectionOf(part).name).collection<Document>(name);
  const dataNames = async (): Promise<readonly string[]> => {
    const found = await main.listCollections();
    return found
      .map(({ name }) => name)
      .filter((name) => !OWN.includes(name) && !name.startsWith('system.'))
      .sort();
  };
  return {
    technology: 'mongodb',
    ...shielded({
      collections: async (part: ArchivePart) =>
        part === 'keys' ? KEYS : (await dataNames()).filter((name) => !LEFT_OUT.includes(name)),
      count: (part: ArchivePart, name: string) => collectionOf(part, name).countDocuments(),
      read: async ({ part, collection, after, limit }: Parameters<Archive['read']>[0]) => {
        const filter = after === undefined ? {} : { _id: { $gt: (EJSON.parse(after) as Document)._id } };
        // Bytes must come as BSON binary: Extended JSON would take a `Buffer` for an object.
        const query = collectionOf(part, collection).find(filter as mongo.Filter<Document>, AS_BSON);
        const documents = await query.sort({ _id: 1 }).limit(limit).toArray();
        const rows = documents.map((document) => EJSON.stringify(document, { relaxed: false }));
        const last = documents.at(-1);
        if (documents.length < limit || last === undefined) return { rows };
        return { rows, next: EJSON.stringify({ _id: last._id }, { relaxed: false }) };
      },
      write: async (part: ArchivePart, name: string, rows: readonly string[]) => {
        if (rows.length === 0) return;
        const documents = rows.map((row) => EJSON.parse(row, { relaxed: false }) as Document);
        const writes = documents.map((replacement) => {
          const filter = { _id: replacement._id } as mongo.Filter<Document>;
          return { replaceOne: { filter, replacement, upsert: true } };
        });
        await collectionOf(part, name).bulkWrite(writes, { ordered: false });
      },
      isEmpty: async () => {
        const looked = [
          collectionOf('data', 'accounts'),
          collectionOf('data', 'conversations'),
          collectionOf('keys', 'data_keys'),
          collectionOf('keys', 'account_keys'),
        ];
        const first = await Promise.all(looked.map((collection) => collection.findOne({})));
        return first.every((document) => document === null);
      },
      clear: async () => {
        for (const name of KEYS) if (name !== KEPT) await collectionOf('keys', name).deleteMany({});
        for (const name of await dataNames()) await collectionOf('data', name).deleteMany({});
      },
      restoreState: () => readRestoreState(main),
      noteRestore: (state: string | undefined) => writeRestoreState(main, state),
      close: async () => {
        await main.close();
        if (keys !== main) await keys.close();
      },
    }),
  };
}
