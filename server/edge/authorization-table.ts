import { AUTHORIZATIONS, type Authorization, BUILTIN_ROLES, RoleGraph } from '../domain/index.ts';
import type { RouteAuthorization } from './http/define-route.ts';
import { restRoutes, type UseCases } from './http/routes/index.ts';
import { type AgentEventDeps, agentEvents } from './socket/agent-events.ts';

/** What of the deployment's surface needs which authorization; docs/AUTHORIZATIONS.md is made from it. */
export interface GuardedName {
  /** `GET /accounts/:a/users`, or the name of an event. */
  readonly name: string;
  readonly needs: RouteAuthorization;
}

// The records are looked at and none of their handlers is called, so they need nothing to work with.
export const routes: readonly GuardedName[] = restRoutes({} as UseCases).map((route) => ({
  name: `${route.method.toUpperCase()} ${route.path}`,
  needs: route.authorization,
}));

export const events: readonly GuardedName[] = Object.entries(agentEvents({} as AgentEventDeps)).map(
  ([name, { authorization }]) => ({ name, needs: authorization }),
);

/** What a built-in role allows, with all that it contains. */
export function allowedBy(role: string): ReadonlySet<Authorization> {
  return new Set(new RoleGraph().effective([role]).keys());
}

export { AUTHORIZATIONS, BUILTIN_ROLES };
