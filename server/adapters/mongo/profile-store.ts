import type { Model } from 'mongoose';
import type { ProfileStore } from '../../ports/stores.ts';
import { retryUpsert } from './errors.ts';
import { type ProfileDocument, profileCodec } from './schemas/profile.ts';

export function createProfileStore(model: Model<ProfileDocument>): ProfileStore {
  return {
    put: async (record) => {
      const { conversationId } = record;
      const change = { $set: profileCodec.encode(record) };
      await retryUpsert(() => model.updateOne({ conversationId }, change, { upsert: true }));
    },
    get: async (conversationId) => {
      const document = await model.findOne({ conversationId }, { _id: 0 }).lean<ProfileDocument>();
      return document === null ? undefined : profileCodec.decode(document);
    },
    delete: async (conversationId) => (await model.deleteOne({ conversationId })).deletedCount === 1,
  };
}
