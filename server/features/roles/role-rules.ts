import {
  AUTHORIZATIONS,
  type Authorization,
  nothingSuch,
  Refusal,
  ROLE_DEPTH_MAX,
  type RoleGraph,
  type RoleNode,
} from '../../domain/index.ts';

/** @throws Refusal `invalid_value` with the place of the first that does not exist */
export function knownAuthorizations(names: readonly string[]): readonly Authorization[] {
  return names.map((name, index) => {
    if (!isAuthorization(name)) throw unknown(`authorizations.${index}`);
    return name;
  });
}

/** @throws Refusal `invalid_value` with the place of the first role that the account does not have */
export function requireKnownRoles(graph: RoleGraph, roles: readonly string[]): void {
  const index = roles.findIndex((id) => !graph.has(id));
  const id = roles[index];
  if (id !== undefined) throw nothingSuch([{ path: `roles.${index}`, kind: 'role', id }]);
}

/**
 * That the role can stand in the graph as it is there.
 * @throws Refusal `role.cycle` naming the way round, `role.too_deep`
 */
export function requireSound(graph: RoleGraph, { id, roles }: RoleNode): void {
  const circle = graph.circleThrough(id);
  if (circle !== undefined) {
    const path = `roles.${Math.max(0, roles.indexOf(circle[1] ?? ''))}`;
    throw new Refusal('role.cycle', { errors: [{ path, message: `goes round: ${circle.join(' > ')}` }] });
  }
  if (graph.containing(id).some((outer) => graph.depth(outer) > ROLE_DEPTH_MAX)) {
    throw new Refusal('role.too_deep', { errors: [{ path: 'roles', message: `at most ${ROLE_DEPTH_MAX}` }] });
  }
}

function isAuthorization(name: string): name is Authorization {
  return Object.hasOwn(AUTHORIZATIONS, name);
}

function unknown(path: string): Refusal {
  return new Refusal('invalid_value', { errors: [{ path, message: 'there is no such thing' }] });
}
