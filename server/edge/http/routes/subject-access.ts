import {
  dataRequestSchema,
  exportFormatSchema,
  pageQuerySchema,
  pageSchema,
  subjectRequestSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { DataRequests } from '../../../features/data-requests/index.ts';
import type { SubjectAccess } from '../../../features/subject-access/index.ts';
import { presentDataRequest } from '../../../presenters/erasure-presenter.ts';
import { defineRoute, FileAnswer, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';
import { subjectOf } from './erasure.ts';

/** What people may see of themselves: a search for all that is kept of them, and what it found as a file. */
export function subjectAccessRoutes(useCases: {
  readonly dataRequests: DataRequests;
  readonly subjectAccess: SubjectAccess;
}): readonly Route[] {
  const { dataRequests: requests, subjectAccess } = useCases;
  return [
    defineRoute({
      method: 'post',
      path: '/accounts/:a/subject-access',
      summary: 'Look for all that is kept of one visitor or person, in the background',
      authorization: 'subject:export',
      limit: USER_LIMITS.heavy,
      body: subjectRequestSchema,
      answer: { status: 201, schema: dataRequestSchema, description: 'The request, being worked on' },
      handler: async ({ principal, body }) =>
        presentDataRequest(await requests.startAccess(principal, subjectOf(body))),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/subject-access',
      summary: 'Access requests, newest first',
      authorization: 'subject:export',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(dataRequestSchema), description: 'A page of requests' },
      handler: async ({ principal, query }) => {
        const page = await requests.list(principal.accountId, { ...query, purpose: 'access' });
        return { ...page, items: page.items.map(presentDataRequest) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/subject-access/:id',
      summary: 'How far an access request has come',
      authorization: 'subject:export',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: dataRequestSchema, description: 'The request' },
      handler: async ({ principal, params }) =>
        presentDataRequest(await requests.get(principal.accountId, 'access', params.id)),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/subject-access/:id/export',
      summary:
        'All that is kept of the visitor or person, as a page to read or as JSON. Every export is audited',
      authorization: 'subject:export',
      limit: USER_LIMITS.heavy,
      query: exportFormatSchema,
      answer: { status: 200, file: true, description: 'HTML without scripts, or JSON' },
      refusals: ['conflict'],
      handler: async ({ principal, params, query }) =>
        new FileAnswer(await subjectAccess.exportAs(principal, params.id, query.format)),
    }),
  ];
}
