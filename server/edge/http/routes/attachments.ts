import { FILE_KINDS } from '../../../../shared/protocol/index.ts';
import { attachmentPolicySchema, sentFileSchema } from '../../../../shared/schemas/rest/index.ts';
import { Refusal } from '../../../domain/index.ts';
import type { Attachments } from '../../../features/attachments/index.ts';
import { defineRoute, FileAnswer, type Route, type Upload } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

const REFUSALS = [
  'attachment.disabled',
  'attachment.type_refused',
  'attachment.limit',
  'conversation.closed',
] as const;
const SENT = { status: 201, schema: sentFileSchema, description: 'The message of the file' } as const;
const BYTES = {
  status: 200,
  file: true,
  contentTypes: [...new Set(Object.values(FILE_KINDS).map(({ contentType }) => contentType))],
  description: 'The file; its name is the text of its message',
} as const;

/** Files in conversations. */
export function attachmentRoutes(attachments: Attachments): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/visitor/conversations/:id/files',
      summary: "Send a file into the visitor's own conversation; the body is the file as it is",
      authorization: 'own-session',
      limit: USER_LIMITS.write,
      takesFile: true,
      answer: SENT,
      refusals: REFUSALS,
      handler: ({ principal, params, upload }) =>
        attachments.sendByVisitor(principal, { conversationId: params.id, ...given(upload) }),
    }),
    defineRoute({
      method: 'get',
      path: '/visitor/conversations/:id/files/:file',
      summary: "A file of the visitor's own conversation",
      authorization: 'own-session',
      limit: USER_LIMITS.read,
      answer: BYTES,
      handler: async ({ principal, params }) =>
        answerOf(await attachments.openForVisitor(principal, params.id, params.file)),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/conversations/:id/files',
      summary: 'Send a file into a conversation of your own; the body is the file as it is',
      authorization: 'conversation:handle',
      limit: USER_LIMITS.write,
      takesFile: true,
      answer: SENT,
      refusals: REFUSALS,
      handler: ({ principal, params, upload }) =>
        attachments.sendByStaff(principal, { conversationId: params.id, ...given(upload) }),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/conversations/:id/files/:file',
      summary: 'A file of a conversation. Every read is audited',
      authorization: 'conversation:read',
      limit: USER_LIMITS.read,
      answer: BYTES,
      handler: async ({ principal, params }) =>
        answerOf(await attachments.openForStaff(principal, params.id, params.file)),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/attachment-policy',
      summary: 'What may be sent as a file',
      authorization: 'conversation:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: attachmentPolicySchema, description: 'Kinds and sizes' },
      handler: ({ principal }) => attachments.policy(principal.accountId),
    }),
  ];
}

function given(upload: Upload | undefined): Upload {
  if (upload === undefined) throw new Refusal('bad_request');
  return upload;
}

/** The name that a person gave the file stands in its message alone. */
function answerOf({ file, bytes }: Awaited<ReturnType<Attachments['openForStaff']>>): FileAnswer {
  const { id, kind, contentType } = file;
  const fileName = `${id}.${FILE_KINDS[kind].extensions[0]}`;
  const charset = FILE_KINDS[kind].reading === 'text' ? '; charset=utf-8' : '';
  return new FileAnswer({ contentType: `${contentType}${charset}`, fileName, body: bytes });
}
