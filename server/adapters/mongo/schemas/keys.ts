import type {
  AccountKeyRecord,
  DataKeyRecord,
  ErasedThing,
  KeyFloor,
  NamedKeyRecord,
  RecordFloor,
} from '../../../domain/index.ts';
import { createCodec, type DocumentOf } from '../codec.ts';
import { bytes, count, createSchema, TTL_INDEX, text, time } from './shape.ts';

/** With how far what the key opens has come; the key's own reads leave it out. */
export type DataKeyFloor = { readonly floor?: KeyFloor };

const DATA_KEY_TIMES = ['retainFrom', 'expiresAt'] as const;
export type DataKeyDocument = DocumentOf<DataKeyRecord, (typeof DATA_KEY_TIMES)[number]> & DataKeyFloor;
export const dataKeyCodec = createCodec<DataKeyRecord, (typeof DATA_KEY_TIMES)[number]>(DATA_KEY_TIMES);

export const dataKeySchema = createSchema<DataKeyDocument>({
  fields: {
    conversationId: text,
    accountId: text,
    accountKeyVersion: count,
    wrapped: bytes,
    retainFrom: time,
    expiresAt: time,
    floor: {
      type: { seq: Number, version: Number, profile: Number, mac: String, _id: false },
      default: undefined,
    },
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
export type ErasedDocument = DocumentOf<ErasedThing, (typeof ERASED_TIMES)[number]> & {
  readonly mac?: string;
};
export const erasedCodec = createCodec<ErasedThing, (typeof ERASED_TIMES)[number]>(ERASED_TIMES);

export const erasedSchema = createSchema<ErasedDocument>({
  id: 'domain',
  fields: { kind: text, accountId: text, at: time, mac: String },
  indexes: [{ keys: { at: 1, _id: 1 } }],
});

const FLOOR_TIMES = ['expiresAt'] as const;
/** A floor is named by kind and id of its record. */
export type FloorDocument = DocumentOf<RecordFloor, (typeof FLOOR_TIMES)[number]> & { readonly _id: string };
export const floorCodec = createCodec<RecordFloor & { id: string }, (typeof FLOOR_TIMES)[number]>(
  FLOOR_TIMES,
);

export const floorSchema = createSchema<FloorDocument>({
  id: 'domain',
  fields: { kind: text, owner: String, version: count, settled: Boolean, expiresAt: Date, mac: text },
  // They go after their records, which may have been prolonged: no expiry of the database's own.
  indexes: [{ keys: { kind: 1, owner: 1 } }, { keys: { expiresAt: 1, _id: 1 } }],
});
