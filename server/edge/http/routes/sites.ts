import {
  changeSiteSchema,
  createSiteSchema,
  pageQuerySchema,
  pageSchema,
  siteSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { Sites } from '../../../features/sites/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Web sites of the account. */
export function siteRoutes(sites: Sites): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/sites',
      summary: 'Sites, oldest first',
      authorization: 'site:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(siteSchema), description: 'A page of sites' },
      handler: ({ principal, query }) => sites.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/sites',
      summary: 'Add a site; without a site key one is made',
      authorization: 'site:write',
      limit: USER_LIMITS.write,
      body: createSiteSchema,
      answer: { status: 201, schema: siteSchema, description: 'The site' },
      refusals: ['already_exists'],
      handler: ({ principal, body }) => sites.create(principal, body),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/sites/:id',
      summary: 'One site',
      authorization: 'site:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: siteSchema, description: 'The site' },
      handler: ({ principal, params }) => sites.get(principal, params.id),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/sites/:id',
      summary: 'Change a site; the site key stays',
      authorization: 'site:write',
      limit: USER_LIMITS.write,
      body: changeSiteSchema,
      answer: { status: 200, schema: siteSchema, description: 'The site after the change' },
      refusals: ['conflict'],
      handler: ({ principal, params, body }) => sites.change(principal, params.id, body),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/sites/:id',
      summary: 'Remove a site; its widget stops',
      authorization: 'site:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Removed' },
      handler: async ({ principal, params }) => {
        await sites.remove(principal, params.id);
        return undefined;
      },
    }),
  ];
}
