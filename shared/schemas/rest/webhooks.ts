import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { WEBHOOK_EVENTS, WEBHOOK_FAULTS } from '../../protocol/index.ts';
import { displayNameSchema, instantSchema, wireIdSchema } from './primitives.ts';

const eventSchema = z.enum(WEBHOOK_EVENTS);
const faultSchema = z.enum(WEBHOOK_FAULTS);
const eventsSchema = z
  .array(eventSchema)
  .min(1)
  .max(WEBHOOK_EVENTS.length)
  .refine((events) => new Set(events).size === events.length, 'each event may be there once');
const urlSchema = z
  .string()
  .max(LIMITS.urlLength)
  .refine(isPlainUrl, 'must be an http or https address without a user name, password or fragment');

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && `${username}${password}${hash}` === '';
}

export const createWebhookSchema = z.strictObject({
  name: displayNameSchema,
  url: urlSchema,
  events: eventsSchema,
  includeText: z.boolean().default(false),
  enabled: z.boolean().default(true),
});

export const changeWebhookSchema = z.strictObject({
  name: displayNameSchema.optional(),
  url: urlSchema.optional(),
  events: eventsSchema.optional(),
  includeText: z.boolean().optional(),
  enabled: z.boolean().optional(),
});

const webhook = z.object({
  id: wireIdSchema,
  name: z.string(),
  origin: z.string(),
  events: z.array(eventSchema).readonly(),
  includeText: z.boolean(),
  enabled: z.boolean(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export const webhookSchema = webhook.meta({ id: 'Webhook' });
export const webhookWithSecretSchema = webhook
  .extend({ secret: z.string() })
  .meta({ id: 'WebhookWithSecret' });

export const webhookDeliverySchema = z
  .object({
    id: wireIdSchema,
    event: eventSchema,
    conversationId: wireIdSchema.exactOptional(),
    status: z.enum(['pending', 'delivered', 'dead']),
    attempts: z.int(),
    createdAt: instantSchema,
    nextAttemptAt: instantSchema.exactOptional(),
    deliveredAt: instantSchema.exactOptional(),
    lastStatus: z.int().exactOptional(),
    lastFault: faultSchema.exactOptional(),
  })
  .meta({ id: 'WebhookDelivery' });

export const webhookPingSchema = z
  .object({
    delivered: z.boolean(),
    status: z.int().exactOptional(),
    fault: faultSchema.exactOptional(),
  })
  .meta({ id: 'WebhookPing' });
