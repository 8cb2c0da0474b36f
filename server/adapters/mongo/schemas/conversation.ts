import { Schema } from 'mongoose';
import type {
  ClosedConversation,
  Conversation,
  ConversationStatus,
  QueuedConversation,
} from '../../../domain/index.ts';
import { type Codec, createCodec, type DocumentOf, toBuffer } from '../codec.ts';
import { count, createSchema, TTL_INDEX, text, time } from './shape.ts';

type LaterFields = Partial<Pick<ClosedConversation, 'agentId' | 'assignedAt' | 'closedAt' | 'closedBy'>>;
/** All states in one, as a collection holds them. */
type AnyConversation = Omit<QueuedConversation, 'status'> &
  LaterFields & { readonly status: ConversationStatus; readonly mac?: string };

const TIMES = ['startedAt', 'queuedAt', 'firstResponseAt', 'assignedAt', 'closedAt', 'expiresAt'] as const;
export type ConversationDocument = DocumentOf<AnyConversation, (typeof TIMES)[number]>;

const codec = createCodec<AnyConversation, (typeof TIMES)[number]>(TIMES);
export const conversationCodec: Codec<Conversation, ConversationDocument> = {
  encode: (conversation) => {
    const { anchor } = conversation;
    const document = codec.encode(conversation);
    return anchor === undefined
      ? document
      : { ...document, anchor: { ...anchor, mac: toBuffer(anchor.mac) } };
  },
  decode: (document) => codec.decode(document) as Conversation,
};

/** States in which a conversation is open. A partial index takes `$in`, and no `$ne`. */
export const OPEN = ['queued', 'active'] as const;

export const conversationSchema = createSchema<ConversationDocument>({
  id: 'domain',
  fields: {
    accountId: text,
    siteId: text,
    sessionId: text,
    caseId: { type: String, default: '' },
    departmentId: String,
    tags: [String],
    participants: { type: [String], default: undefined },
    rating: Number,
    engagement: { type: Schema.Types.Mixed, default: undefined },
    version: count,
    startedAt: time,
    queuedAt: time,
    firstResponseAt: Date,
    expiresAt: time,
    anchor: { type: { seq: Number, mac: Buffer, _id: false }, default: undefined },
    status: { ...text, enum: [...OPEN, 'closed'] },
    agentId: String,
    assignedAt: Date,
    closedAt: Date,
    closedBy: String,
    mac: String,
  },
  indexes: [
    { keys: { accountId: 1, startedAt: -1, _id: -1 } },
    { keys: { accountId: 1, status: 1, startedAt: -1, _id: -1 } },
    { keys: { accountId: 1, agentId: 1, startedAt: -1, _id: -1 } },
    { keys: { accountId: 1, participants: 1, startedAt: -1, _id: -1 } },
    { keys: { accountId: 1, caseId: 1, startedAt: -1, _id: -1 } },
    { keys: { accountId: 1, tags: 1, startedAt: -1, _id: -1 } },
    { keys: { accountId: 1, sessionId: 1, startedAt: -1, _id: -1 } },
    { keys: { accountId: 1, departmentId: 1, startedAt: -1, _id: -1 } },
    {
      keys: { status: 1, accountId: 1, queuedAt: 1, _id: 1 },
      options: { partialFilterExpression: { status: 'queued' } },
    },
    {
      keys: { accountId: 1, agentId: 1, assignedAt: 1, _id: 1 },
      options: { partialFilterExpression: { status: 'active' } },
    },
    {
      keys: { sessionId: 1 },
      options: { unique: true, partialFilterExpression: { status: { $in: [...OPEN] } } },
    },
    TTL_INDEX,
  ],
});
