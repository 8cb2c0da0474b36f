import {
  changeRescanSchema,
  pageQuerySchema,
  pageSchema,
  redactionRescanSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { RedactionRescans } from '../../../features/redaction-rescan/index.ts';
import { presentRedactionRescan } from '../../../presenters/redaction-presenter.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Today's rules applied to what is stored already. */
export function redactionRescanRoutes(
  rescans: Pick<RedactionRescans, 'start' | 'list' | 'get' | 'setStatus'>,
): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/accounts/:a/redaction-rescans',
      summary: "Apply today's rules to every stored transcript, in the background",
      authorization: 'redaction-rule:write',
      limit: USER_LIMITS.heavy,
      answer: { status: 201, schema: redactionRescanSchema, description: 'The re-scan' },
      refusals: ['already_exists'],
      handler: async ({ principal }) => presentRedactionRescan(await rescans.start(principal)),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/redaction-rescans',
      summary: 'Re-scans, newest first',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(redactionRescanSchema), description: 'A page of re-scans' },
      handler: async ({ principal, query }) => {
        const page = await rescans.list(principal, query);
        return { ...page, items: page.items.map(presentRedactionRescan) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/redaction-rescans/:id',
      summary: 'How far a re-scan has come',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: redactionRescanSchema, description: 'The re-scan' },
      handler: async ({ principal, params }) =>
        presentRedactionRescan(await rescans.get(principal, params.id)),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/redaction-rescans/:id',
      summary: 'Pause, resume or cancel a re-scan',
      authorization: 'redaction-rule:write',
      limit: USER_LIMITS.write,
      body: changeRescanSchema,
      answer: { status: 200, schema: redactionRescanSchema, description: 'The re-scan after the change' },
      refusals: ['conflict'],
      handler: async ({ principal, params, body }) =>
        presentRedactionRescan(await rescans.setStatus(principal, params.id, body.status)),
    }),
  ];
}
