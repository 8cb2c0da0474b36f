import {
  changeWebhookSchema,
  createWebhookSchema,
  pageQuerySchema,
  pageSchema,
  webhookDeliverySchema,
  webhookPingSchema,
  webhookSchema,
  webhookWithSecretSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { Webhooks } from '../../../features/webhooks/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

const READ = { authorization: 'webhook:read', limit: USER_LIMITS.read } as const;
const WRITE = { authorization: 'webhook:write', limit: USER_LIMITS.write } as const;

/** Addresses of other systems that are told of events. */
export function webhookRoutes(webhooks: Webhooks): readonly Route[] {
  return [...managing(webhooks), ...following(webhooks)];
}

function managing(webhooks: Webhooks): readonly Route[] {
  return [
    defineRoute({
      ...READ,
      method: 'get',
      path: '/accounts/:a/webhooks',
      summary: 'Webhooks, oldest first; of their addresses the origin alone',
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(webhookSchema), description: 'A page of webhooks' },
      handler: ({ principal, query }) => webhooks.list(principal, query),
    }),
    defineRoute({
      ...WRITE,
      method: 'post',
      path: '/accounts/:a/webhooks',
      summary: 'Add a webhook; its signing secret is in this answer and in no other',
      body: createWebhookSchema,
      answer: { status: 201, schema: webhookWithSecretSchema, description: 'The webhook and its secret' },
      refusals: ['conflict'],
      handler: ({ principal, body }) => webhooks.create(principal, body),
    }),
    defineRoute({
      ...READ,
      method: 'get',
      path: '/accounts/:a/webhooks/:id',
      summary: 'One webhook',
      answer: { status: 200, schema: webhookSchema, description: 'The webhook' },
      handler: ({ principal, params }) => webhooks.get(principal, params.id),
    }),
    defineRoute({
      ...WRITE,
      method: 'patch',
      path: '/accounts/:a/webhooks/:id',
      summary: 'Change a webhook; its secret stays',
      body: changeWebhookSchema,
      answer: { status: 200, schema: webhookSchema, description: 'The webhook after the change' },
      refusals: ['conflict'],
      handler: ({ principal, params, body }) => webhooks.change(principal, params.id, body),
    }),
    defineRoute({
      ...WRITE,
      method: 'delete',
      path: '/accounts/:a/webhooks/:id',
      summary: 'Remove a webhook and what is on its way to it',
      answer: { status: 204, description: 'Removed' },
      handler: async ({ principal, params }) => {
        await webhooks.remove(principal, params.id);
        return undefined;
      },
    }),
    defineRoute({
      ...WRITE,
      method: 'post',
      path: '/accounts/:a/webhooks/:id/secret',
      summary: 'Make a new signing secret; the old one is good no more',
      answer: { status: 201, schema: webhookWithSecretSchema, description: 'The webhook and its new secret' },
      refusals: ['conflict'],
      handler: ({ principal, params }) => webhooks.renewSecret(principal, params.id),
    }),
  ];
}

function following(webhooks: Webhooks): readonly Route[] {
  return [
    defineRoute({
      ...WRITE,
      method: 'post',
      path: '/accounts/:a/webhooks/:id/ping',
      summary: 'Send a signed `ping` now',
      limit: USER_LIMITS.heavy,
      answer: { status: 200, schema: webhookPingSchema, description: 'What became of it' },
      handler: ({ principal, params }) => webhooks.ping(principal, params.id),
    }),
    defineRoute({
      ...READ,
      method: 'get',
      path: '/accounts/:a/webhooks/:id/deliveries',
      summary: 'What was sent or is to be, newest first, without content',
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(webhookDeliverySchema), description: 'A page of deliveries' },
      handler: ({ principal, params, query }) => webhooks.deliveries(principal, params.id, query),
    }),
    defineRoute({
      ...WRITE,
      method: 'post',
      path: '/accounts/:a/webhooks/:id/deliveries/:delivery/retry',
      summary: 'Send one again that was given up',
      answer: { status: 200, schema: webhookDeliverySchema, description: 'The delivery' },
      refusals: ['conflict'],
      handler: ({ principal, params }) => webhooks.retry(principal, params.id, params.delivery),
    }),
  ];
}
