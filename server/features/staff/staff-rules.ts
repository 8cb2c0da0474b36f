import {
  AUTHORIZATIONS,
  type Authorization,
  type GivenRoles,
  type Membership,
  nothingSuch,
  Refusal,
  type RoleGraph,
  requireCovers,
  rightsOf,
  type StaffPrincipal,
  type User,
} from '../../domain/index.ts';

/** What the user is in the account; undefined for a stranger to it. */
export function membershipIn(user: User, accountId: string): Membership | undefined {
  return user.memberships.find((membership) => membership.accountId === accountId);
}

/** The user's memberships with other roles in the account. */
export function withRoles(user: User, accountId: string, given: GivenRoles): readonly Membership[] {
  return user.memberships.map((membership) =>
    membership.accountId === accountId ? { accountId, ...given } : membership,
  );
}

/** Roles with the limits that they carry; no limits when none is left. */
export function givenRoles(
  roles: readonly string[],
  departmentLimits: Readonly<Record<string, readonly string[]>> = {},
): GivenRoles {
  return Object.keys(departmentLimits).length === 0 ? { roles } : { roles, departmentLimits };
}

/**
 * That the roles can be given: they exist, limits are on roles that are given, and they allow nothing that who gives
 * them may not do.
 * @throws Refusal `invalid_value`, `forbidden`
 */
export function requireMayGive(
  staff: StaffPrincipal,
  { graph, departmentIds }: { readonly graph: RoleGraph; readonly departmentIds: ReadonlySet<string> },
  given: GivenRoles,
): void {
  const faults = [
    ...given.roles.map((id, index) =>
      graph.has(id) ? undefined : { path: `roles.${index}`, kind: 'role', id },
    ),
    ...Object.entries(given.departmentLimits ?? {}).flatMap(([role, limit]) => [
      given.roles.includes(role) ? undefined : { path: 'departmentLimits', kind: 'role', id: role },
      ...limit.map((id) =>
        departmentIds.has(id) ? undefined : { path: 'departmentLimits', kind: 'department', id },
      ),
    ]),
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) throw nothingSuch(faults);
  requireCovers(staff, rightsOf(graph, given));
}

/**
 * Who may do more is not one's own to change, be it by a new password. What a person may do on the deployment as a
 * whole counts wherever they have it.
 * @throws Refusal `forbidden`
 */
export async function requireSameRank(
  staff: StaffPrincipal,
  user: User,
  graphOf: (accountId: string) => Promise<RoleGraph>,
): Promise<void> {
  if (user.id === staff.userId) return;
  for (const membership of user.memberships) {
    const rights = rightsOf(await graphOf(membership.accountId), membership);
    const here = membership.accountId === staff.accountId;
    requireCovers(staff, here ? rights : new Map([...rights].filter(([name]) => isOfDeployment(name))));
  }
}

function isOfDeployment(authorization: Authorization): boolean {
  return AUTHORIZATIONS[authorization].reach === 'deployment';
}

/**
 * Name, password and sign-in of a person who works for other accounts too are not one account's to change.
 * @throws Refusal `forbidden`
 */
export function requireOwnMember(staff: StaffPrincipal, user: User): void {
  if (user.id === staff.userId) return;
  if (user.memberships.some(({ accountId }) => accountId !== staff.accountId)) throw new Refusal('forbidden');
}
