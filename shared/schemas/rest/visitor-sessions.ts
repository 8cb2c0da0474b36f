import { z } from 'zod';
import { wireIdSchema } from './primitives.ts';
import { prechatSchema, themeSchema } from './sites.ts';

const TOKEN_LENGTH = 200;

/** `POST /visitor/sessions`. Signed identities are not taken: a body that names one is refused. */
export const openSessionSchema = z.strictObject({
  siteKey: z.string().min(1).max(64),
  visitorToken: z.string().min(1).max(TOKEN_LENGTH).optional(),
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
    }),
  })
  .meta({ id: 'VisitorSession' });
