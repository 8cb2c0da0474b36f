import { z } from 'zod';
import { LIMITS } from '../../limits.ts';
import { attachmentPolicySchema } from './attachments.ts';
import { wireIdSchema } from './primitives.ts';
import { prechatSchema, themeSchema } from './sites.ts';

const TOKEN_LENGTH = 200;

/** `POST /visitor/sessions`; `identity` is a JSON Web Token that the site's own system has signed. */
export const openSessionSchema = z.strictObject({
  siteKey: z.string().min(1).max(64),
  visitorToken: z.string().min(1).max(TOKEN_LENGTH).optional(),
  identity: z.string().min(1).max(LIMITS.identityLength).optional(),
});

export const visitorSessionSchema = z
  .object({
    token: z.string(),
    visitorToken: z.string(),
    sessionId: wireIdSchema,
    openConversationId: wireIdSchema.exactOptional(),
    site: z.object({
      name: z.string(),
      theme: themeSchema,
      online: z.boolean(),
      prechat: prechatSchema.readonly(),
      locale: z.string(),
      attachments: attachmentPolicySchema,
    }),
  })
  .meta({ id: 'VisitorSession' });
