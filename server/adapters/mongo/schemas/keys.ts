import type { AccountKeyRecord, DataKeyRecord, ErasedThing, NamedKeyRecord } from '../../../domain/index.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { bytes, count, createSchema, TTL_INDEX, text, time } from './shape.ts';

const DATA_KEY_TIMES = ['retainFrom', 'expiresAt'] as const;
export type DataKeyDocument = DocumentOf<DataKeyRecord, (typeof DATA_KEY_TIMES)[number]>;
export const dataKeyCodec = createCodec<DataKeyRecord, (typeof DATA_KEY_TIMES)[number]>(DATA_KEY_TIMES);

export const dataKeySchema = createSchema<DataKeyDocument>({
  fields: {
    conversationId: text,
    accountId: text,
    accountKeyVersion: count,
    wrapped: bytes,
    retainFrom: time,
    expiresAt: time,
  },
  indexes: [
    { keys: { conversationId: 1 }, options: { unique: true } },
    { keys: { accountId: 1, accountKeyVersion: 1 } },
    TTL_INDEX,
  ],
});

const ACCOUNT_KEY_TIMES = ['createdAt'] as const;
export type AccountKeyDocument = DocumentOf<AccountKeyRecord, (typeof ACCOUNT_KEY_TIMES)[number]>;
export const accountKeyCodec = createCodec<AccountKeyRecord, (typeof ACCOUNT_KEY_TIMES)[number]>(
  ACCOUNT_KEY_TIMES,
);

export const accountKeySchema = createSchema<AccountKeyDocument>({
  fields: { accountId: text, version: count, masterKeyId: text, wrapped: bytes, createdAt: time },
  indexes: [{ keys: { accountId: 1, version: -1 }, options: { unique: true } }, { keys: { masterKeyId: 1 } }],
});

const NAMED_KEY_TIMES = ['createdAt'] as const;
export type NamedKeyDocument = DocumentOf<NamedKeyRecord, (typeof NAMED_KEY_TIMES)[number]>;
export const namedKeyCodec = createCodec<NamedKeyRecord, (typeof NAMED_KEY_TIMES)[number]>(NAMED_KEY_TIMES);

export const namedKeySchema = createSchema<NamedKeyDocument>({
  fields: { owner: text, purpose: text, wrappedBy: text, wrapped: bytes, createdAt: time },
  indexes: [{ keys: { owner: 1, purpose: 1 }, options: { unique: true } }],
});

const ERASED_TIMES = ['at'] as const;
export type ErasedDocument = DocumentOf<ErasedThing, (typeof ERASED_TIMES)[number]>;
export const erasedCodec = createCodec<ErasedThing, (typeof ERASED_TIMES)[number]>(ERASED_TIMES);

export const erasedSchema = createSchema<ErasedDocument>({
  id: 'domain',
  fields: { kind: text, accountId: text, at: time },
  indexes: [{ keys: { at: 1, _id: 1 } }],
});
