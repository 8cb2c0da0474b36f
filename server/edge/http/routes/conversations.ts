import {
  conversationSchema,
  erasedSchema,
  exportConversationSchema,
  fieldsOf,
  getConversationSchema,
  listConversationsSchema,
  pageSchema,
  searchConversationsSchema,
  transcriptSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { Transcripts } from '../../../features/transcripts/index.ts';
import { defineRoute, FileAnswer, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Kept conversations of the account. */
export function conversationRoutes(
  transcripts: Pick<Transcripts, 'list' | 'get' | 'exportAs' | 'erase'>,
): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/conversations',
      summary:
        'Search conversations, newest first, without message text; by exact values of searchable fields with `field.<key>`',
      authorization: 'conversation:read',
      limit: USER_LIMITS.read,
      query: listConversationsSchema,
      answer: { status: 200, schema: pageSchema(conversationSchema), description: 'A page of conversations' },
      handler: ({ principal, query }) => transcripts.list(principal, { ...query, fields: fieldsOf(query) }),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/conversations/search',
      summary: 'The same search with its values in the body, so that none stands in an address',
      authorization: 'conversation:read',
      limit: USER_LIMITS.read,
      body: searchConversationsSchema,
      answer: { status: 200, schema: pageSchema(conversationSchema), description: 'A page of conversations' },
      handler: ({ principal, body }) => transcripts.list(principal, body),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/conversations/:id',
      summary: 'One conversation; with its messages and profile when asked for. Every read is audited',
      authorization: 'conversation:read',
      limit: USER_LIMITS.read,
      query: getConversationSchema,
      answer: { status: 200, schema: transcriptSchema, description: 'The conversation' },
      refusals: ['transcript.tampered'],
      handler: ({ principal, params, query }) => transcripts.get(principal, params.id, query.include),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/conversations/:id',
      summary: 'Erase transcript, profile and key',
      authorization: 'transcript:erase',
      limit: USER_LIMITS.write,
      answer: { status: 200, schema: erasedSchema, description: 'Erased' },
      refusals: ['legal_hold.active'],
      handler: ({ principal, params }) => transcripts.erase(principal, params.id),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/conversations/:id/export',
      summary: 'The transcript as a file',
      authorization: 'transcript:export',
      limit: USER_LIMITS.heavy,
      query: exportConversationSchema,
      answer: { status: 200, file: true, description: 'JSON, HTML or plain text' },
      refusals: ['transcript.tampered'],
      handler: async ({ principal, params, query }) =>
        new FileAnswer(
          await transcripts.exportAs(principal, params.id, { format: query.format, files: query.include }),
        ),
    }),
  ];
}
