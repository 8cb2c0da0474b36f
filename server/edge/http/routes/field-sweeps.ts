import { fieldSweepSchema, pageQuerySchema, pageSchema } from '../../../../shared/schemas/rest/index.ts';
import type { FieldSweeps } from '../../../features/field-sweeps/index.ts';
import { presentFieldSweep } from '../../../presenters/field-sweep-presenter.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** How far a changed data-processing agreement has been applied to what is stored. */
export function fieldSweepRoutes(sweeps: Pick<FieldSweeps, 'list'>): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/field-sweeps',
      summary:
        'Changes of the data-processing agreement as they are applied to stored profiles, newest first',
      authorization: 'settings:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(fieldSweepSchema), description: 'A page of sweeps' },
      handler: async ({ principal, query }) => {
        const page = await sweeps.list(principal, query);
        return { ...page, items: page.items.map(presentFieldSweep) };
      },
    }),
  ];
}
