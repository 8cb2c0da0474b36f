import { z } from 'zod';
import { defineRoute } from '../../../../server/edge/http/define-route.ts';
import { ADDRESS_LIMITS, SIGN_IN_LIMITS, scaled, USER_LIMITS } from '../../../../server/edge/http/limits.ts';
import { restRoutes, type UseCases } from '../../../../server/edge/http/routes/index.ts';

const complete = {
  method: 'get',
  path: '/things',
  summary: 'Things',
  authorization: 'public',
  limit: USER_LIMITS.read,
  answer: { status: 200, schema: z.object({ n: z.number() }), description: 'Things' },
  handler: async () => ({ n: 1 }),
} as const;

describe('a route', () => {
  it('does not compile without an authorization or a limit, or with an answer that is not its schema', () => {
    const { authorization: _authorization, ...open } = complete;
    const { limit: _limit, ...unlimited } = complete;
    // @ts-expect-error a route says who may call it
    defineRoute(open);
    // @ts-expect-error a route says how often
    defineRoute(unlimited);
    // @ts-expect-error `n` is a number
    defineRoute({ ...complete, handler: async () => ({ n: 'one' }) });
    // @ts-expect-error there is no such authorization
    defineRoute({ ...complete, authorization: 'thing:read' });
    expect(defineRoute(complete).path).toBe('/things');
  });

  it('of the interface is public only where there cannot be a token yet', () => {
    const routes = restRoutes({} as UseCases);
    const open = routes.filter(({ authorization }) => authorization === 'public').map(({ path }) => path);
    expect(open.sort()).toEqual([
      '/auth/login',
      '/auth/logout',
      '/auth/oidc/begin',
      '/auth/oidc/finish',
      '/auth/password-reset',
      '/auth/providers',
      '/auth/refresh',
      '/auth/second-factor',
      '/auth/second-factor/setup-at-sign-in',
      '/certificate-key',
      '/visitor/sessions',
    ]);
    expect(routes.filter(({ crossOrigin }) => crossOrigin).map(({ path }) => path)).toEqual([
      '/visitor/sessions',
    ]);
  });

  it('of the interface is there once', () => {
    const names = restRoutes({} as UseCases).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('limits', () => {
  const all = [
    ...Object.values(ADDRESS_LIMITS),
    ...Object.values(USER_LIMITS),
    ...Object.values(SIGN_IN_LIMITS),
  ];

  it('say what they stop, and have names of their own', () => {
    for (const limit of all) expect([limit.name, limit.stops.length > 20]).toEqual([limit.name, true]);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('scale, and never to nothing', () => {
    expect(scaled(ADDRESS_LIMITS.signIn, 2).points).toBe(2 * ADDRESS_LIMITS.signIn.points);
    expect(scaled(ADDRESS_LIMITS.signIn, 0.001).points).toBe(1);
  });
});
