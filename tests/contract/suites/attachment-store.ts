import { DAY_MS } from '../../../server/domain/index.ts';
import { aPiece, freshBytes, freshId, T0 } from '../../support/builders.ts';
import { type OpenStores, useStores } from './use-stores.ts';

/** What every store promises about files. */
export function describeAttachmentStore(name: string, open: OpenStores): void {
  describe(`${name}: attachment store`, () => {
    const stores = useStores(open);
    const store = () => stores().attachments;

    it('answers the pieces of a file in order, byte for byte, whatever order they came in', async () => {
      const conversationId = freshId('c');
      const large = aPiece({ conversationId, index: 1, sealed: freshBytes(2 * 1024 * 1024 + 28) });
      const pieces = [
        aPiece({ conversationId, index: 2 }),
        large,
        aPiece({ conversationId, index: 0, sealed: new Uint8Array([0, 255, 10]) }),
      ];
      await store().put(pieces);
      await store().put([aPiece({ conversationId, attachmentId: 'file-2' })]);
      const read = await store().read(conversationId, 'file-1');
      expect(read.map(({ index }) => index)).toEqual([0, 1, 2]);
      for (const [at, piece] of [...pieces].reverse().entries()) {
        expect(Buffer.from(read[at]?.sealed ?? []).equals(Buffer.from(piece.sealed))).toBe(true);
        const { sealed: _sealed, ...rest } = piece;
        expect(read[at]).toMatchObject(rest);
      }
      expect(await store().read(conversationId, 'file-3')).toEqual([]);
      expect(await store().read(freshId('c'), 'file-1')).toEqual([]);
    });

    it('takes a piece again in the place of the earlier one, and leaves its life as it is', async () => {
      const conversationId = freshId('c');
      const first = aPiece({ conversationId });
      const again = aPiece({ conversationId, expiresAt: T0 + 99 * DAY_MS });
      await store().put([first]);
      await store().put([again]);
      const [kept, ...more] = await store().read(conversationId, 'file-1');
      expect(more).toEqual([]);
      expect(Buffer.from(kept?.sealed ?? []).equals(Buffer.from(again.sealed))).toBe(true);
      expect(kept?.expiresAt).toBe(first.expiresAt);
    });

    it('lists the files that have their first piece', async () => {
      const conversationId = freshId('c');
      await store().put([
        aPiece({ conversationId, attachmentId: 'whole', index: 1 }),
        aPiece({ conversationId, attachmentId: 'whole', index: 0 }),
        aPiece({ conversationId, attachmentId: 'begun', index: 1 }),
        aPiece({ conversationId, attachmentId: 'small' }),
      ]);
      expect([...(await store().list(conversationId))].sort()).toEqual(['small', 'whole']);
      expect(await store().list(freshId('c'))).toEqual([]);
    });

    it('deletes one file, or all of a conversation, begun ones too', async () => {
      const conversationId = freshId('c');
      const other = freshId('c');
      await store().put([
        aPiece({ conversationId, attachmentId: 'a' }),
        aPiece({ conversationId, attachmentId: 'b' }),
        aPiece({ conversationId, attachmentId: 'c' }),
        aPiece({ conversationId, attachmentId: 'begun', index: 1 }),
        aPiece({ conversationId: other }),
      ]);
      await store().delete(conversationId, 'a');
      expect([...(await store().list(conversationId))].sort()).toEqual(['b', 'c']);
      expect(await store().deleteConversation(conversationId)).toBe(2);
      expect(await store().deleteConversation(conversationId)).toBe(0);
      expect(await store().read(conversationId, 'begun')).toEqual([]);
      expect(await store().list(other)).toEqual(['file-1']);
    });

    it('P8: purges what has expired, and follows a changed retention', async () => {
      const accountId = freshId('account');
      const conversationId = freshId('c');
      await store().put([aPiece({ accountId, conversationId, retainFrom: T0 - 3 * DAY_MS })]);
      await stores().retention.applyTranscriptRetention(accountId, 2 * DAY_MS);
      const [kept] = await store().read(conversationId, 'file-1');
      expect(kept?.expiresAt).toBe(T0 - DAY_MS);
      expect((await stores().retention.purge(T0 - DAY_MS, 100)).attachments).toBe(1);
      expect(await store().read(conversationId, 'file-1')).toEqual([]);
    });
  });
}
