import {
  cannedResponseSchema,
  changeCannedResponseSchema,
  createCannedResponseSchema,
  fillCannedResponseSchema,
  filledCannedResponseSchema,
  pageQuerySchema,
  pageSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { CannedResponses } from '../../../features/canned-responses/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

const READ = { authorization: 'canned-response:read', limit: USER_LIMITS.read } as const;
const WRITE = { authorization: 'canned-response:write', limit: USER_LIMITS.write } as const;
const ONE = { status: 200, schema: cannedResponseSchema, description: 'The canned response' } as const;

/** Texts that staff send again and again. */
export function cannedResponseRoutes(responses: CannedResponses): readonly Route[] {
  return [
    defineRoute({
      ...READ,
      method: 'get',
      path: '/accounts/:a/canned-responses',
      summary: 'Canned responses, oldest first',
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(cannedResponseSchema), description: 'A page of them' },
      handler: ({ principal, query }) => responses.list(principal, query),
    }),
    defineRoute({
      ...WRITE,
      method: 'post',
      path: '/accounts/:a/canned-responses',
      summary: 'Add a canned response; it is redacted as a message is',
      body: createCannedResponseSchema,
      answer: { status: 201, schema: cannedResponseSchema, description: 'The canned response' },
      refusals: ['already_exists', 'department.unknown'],
      handler: ({ principal, body }) => responses.create(principal, body),
    }),
    defineRoute({
      ...READ,
      method: 'get',
      path: '/accounts/:a/canned-responses/:id',
      summary: 'One canned response',
      answer: ONE,
      handler: ({ principal, params }) => responses.get(principal, params.id),
    }),
    defineRoute({
      ...WRITE,
      method: 'patch',
      path: '/accounts/:a/canned-responses/:id',
      summary: 'Change a canned response',
      body: changeCannedResponseSchema,
      answer: ONE,
      refusals: ['already_exists', 'department.unknown', 'conflict'],
      handler: ({ principal, params, body }) => responses.change(principal, params.id, body),
    }),
    defineRoute({
      ...WRITE,
      method: 'delete',
      path: '/accounts/:a/canned-responses/:id',
      summary: 'Remove a canned response',
      answer: { status: 204, description: 'Removed' },
      handler: async ({ principal, params }) => {
        await responses.remove(principal, params.id);
        return undefined;
      },
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/canned-responses/:id/fill',
      summary: 'Its text with the variables of a conversation, redacted after filling. Every use is audited',
      authorization: 'conversation:handle',
      limit: USER_LIMITS.write,
      body: fillCannedResponseSchema,
      answer: { status: 200, schema: filledCannedResponseSchema, description: 'The text to send' },
      handler: ({ principal, params, body }) => responses.fill(principal, params.id, body.conversationId),
    }),
  ];
}
