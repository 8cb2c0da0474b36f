import { type Tab, Tabs } from '../../components/common/tabs.tsx';

const TABS = [
  { part: undefined, label: 'Users', needs: 'user:read' },
  { part: 'roles', label: 'Roles', needs: 'role:read' },
  { part: 'departments', label: 'Departments', needs: 'department:read' },
  { part: 'tokens', label: 'API tokens', needs: 'api-token:read' },
  { part: 'grants', label: 'Access for operators', needs: 'access-grant:read' },
] as const satisfies readonly Tab[];

/** Name of a tab in the address; the first has none. */
export type UsersTab = (typeof TABS)[number]['part'];

/** Where in the scene one can go. */
export function UsersTabs({ part }: { readonly part: UsersTab }) {
  return <Tabs label="Users and roles" scene="users" tabs={TABS} part={part} />;
}
