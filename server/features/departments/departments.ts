import { LIMITS } from '../../../shared/limits.ts';
import type { Page, WireDepartment } from '../../../shared/protocol/index.ts';
import { type Department, nothingSuch, Refusal, type StaffPrincipal } from '../../domain/index.ts';
import type { ChangeBus, Clock, ConversationStore, EntityStores, Ids } from '../../ports/index.ts';
import { presentDepartment } from '../../presenters/account-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { DepartmentDirectory } from './department-directory.ts';

export interface DepartmentsDeps {
  readonly stores: {
    readonly entities: Pick<EntityStores, 'departments' | 'users'>;
    readonly conversations: Pick<ConversationStore, 'queueLength'>;
  };
  readonly directory: Pick<DepartmentDirectory, 'of'>;
  /** Gives waiting conversations to free agents, after who may have them has changed. */
  readonly drain: (accountId: string) => Promise<void>;
  readonly changes: Pick<ChangeBus, 'publish'>;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface DepartmentChange {
  readonly name?: string | undefined;
  /** Ids of users of the account. */
  readonly members?: readonly string[] | undefined;
}

/**
 * The departments of an account. Refusals beside `not_found`, `conflict` and `already_exists` (the name):
 * `invalid_value` (a member who does not work in the account), `department.in_use` (conversations wait in it).
 */
export class Departments {
  readonly #deps: DepartmentsDeps;

  constructor(deps: DepartmentsDeps) {
    this.#deps = deps;
  }

  /** Oldest first. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireDepartment>> {
    const more = cursor === undefined ? {} : { cursor };
    const page = await this.#deps.stores.entities.departments.list({ where: { accountId }, limit, ...more });
    return { ...page, items: page.items.map(presentDepartment) };
  }

  async get(staff: StaffPrincipal, id: string): Promise<WireDepartment> {
    return presentDepartment(await this.#find(staff, id));
  }

  async create(
    staff: StaffPrincipal,
    input: DepartmentChange & { readonly name: string },
  ): Promise<WireDepartment> {
    const { accountId } = staff;
    const now = this.#deps.clock.now();
    const id = this.#deps.ids.id();
    const { name, members = [] } = input;
    const department = { id, version: 1, createdAt: now, updatedAt: now, accountId, name, members };
    const others = await this.#deps.directory.of(accountId);
    if (others.length >= LIMITS.departmentsPerAccount) throw new Refusal('conflict');
    await this.#requireSound(department, others);
    await this.#deps.stores.entities.departments.insert(department);
    return this.#written(staff, department, 'department.created');
  }

  async change(staff: StaffPrincipal, id: string, wanted: DepartmentChange): Promise<WireDepartment> {
    const before = await this.#find(staff, id);
    const { name = before.name, members = before.members } = wanted;
    const updatedAt = this.#deps.clock.now();
    const next = { ...before, name, members, version: before.version + 1, updatedAt };
    await this.#requireSound(next, await this.#deps.directory.of(staff.accountId));
    if (!(await this.#deps.stores.entities.departments.replace(next))) throw new Refusal('conflict');
    return this.#written(staff, next, 'department.changed');
  }

  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    const { accountId } = staff;
    await this.#find(staff, id);
    const waiting = await this.#deps.stores.conversations.queueLength({ accountId, departments: [id] });
    if (waiting > 0) throw new Refusal('department.in_use');
    if (!(await this.#deps.stores.entities.departments.delete(id))) throw new Refusal('not_found');
    this.#deps.changes.publish({ kind: 'departments', accountId });
    await this.#deps.audit.byStaff(staff, {
      action: 'department.removed',
      target: { kind: 'department', id },
    });
  }

  async #written(staff: StaffPrincipal, department: Department, action: string): Promise<WireDepartment> {
    const { accountId } = staff;
    this.#deps.changes.publish({ kind: 'departments', accountId });
    await this.#deps.audit.byStaff(staff, { action, target: { kind: 'department', id: department.id } });
    await this.#deps.drain(accountId);
    return presentDepartment(department);
  }

  async #requireSound(
    { id, accountId, name, members }: Department,
    others: readonly Department[],
  ): Promise<void> {
    const twin = others.find((other) => other.id !== id && other.name.toLowerCase() === name.toLowerCase());
    if (twin !== undefined) throw new Refusal('already_exists');
    const users = await Promise.all(members.map((userId) => this.#deps.stores.entities.users.get(userId)));
    const stranger = users.findIndex(
      (user) => !user?.memberships.some((membership) => membership.accountId === accountId),
    );
    const userId = members[stranger];
    if (userId === undefined) return;
    const fault = { path: `members.${stranger}`, kind: 'user', id: userId };
    throw nothingSuch([fault], 'does not work in this account');
  }

  async #find({ accountId }: StaffPrincipal, id: string): Promise<Department> {
    const department = await this.#deps.stores.entities.departments.get(id);
    if (department === undefined || department.accountId !== accountId) throw new Refusal('not_found');
    return department;
  }
}
