import type { Model } from 'mongoose';
import type { AttachmentStore } from '../../ports/stores.ts';
import { retryUpsert } from './errors.ts';
import { type AttachmentDocument, attachmentCodec } from './schemas/attachment.ts';

export function createAttachmentStore(model: Model<AttachmentDocument>): AttachmentStore {
  const list = async (conversationId: string) => {
    const first = await model
      .find({ conversationId, index: 0 }, { _id: 0, attachmentId: 1 })
      .lean<Pick<AttachmentDocument, 'attachmentId'>[]>();
    return first.map(({ attachmentId }) => attachmentId);
  };
  return {
    // A document takes 16 MB at the most, and so does a command: each piece is its own.
    put: async (pieces) => {
      for (const piece of pieces) {
        const { conversationId, attachmentId, index } = piece;
        const { sealed, ...rest } = attachmentCodec.encode(piece);
        const change = { $set: { sealed }, $setOnInsert: rest };
        const place = { conversationId, attachmentId, index };
        await retryUpsert(() => model.updateOne(place, change, { upsert: true }));
      }
    },
    read: async (conversationId, attachmentId) => {
      const pieces = await model
        .find({ conversationId, attachmentId }, { _id: 0 })
        .sort({ index: 1 })
        .lean<AttachmentDocument[]>();
      return pieces.map(attachmentCodec.decode);
    },
    list,
    delete: async (conversationId, attachmentId) => {
      await model.deleteMany({ conversationId, attachmentId });
    },
    deleteConversation: async (conversationId) => {
      const files = (await list(conversationId)).length;
      await model.deleteMany({ conversationId });
      return files;
    },
  };
}
