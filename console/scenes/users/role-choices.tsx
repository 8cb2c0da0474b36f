import { Checkbox, MultiSelect, Stack } from '@mantine/core';
import type {
  DepartmentLimits,
  WireAuthorization,
  WireDepartment,
  WireRole,
} from '../../../shared/protocol/index.ts';
import styles from './users.module.css';

export interface RoleToGive extends WireRole {
  /** Whether it reaches conversations, so that it can be limited to those of departments. */
  readonly canBeLimited: boolean;
}

/** Marks the roles that reach conversations. */
export function rolesToGive(
  roles: readonly WireRole[],
  authorizations: readonly WireAuthorization[],
): readonly RoleToGive[] {
  const reaching = new Set(
    authorizations.filter(({ reach }) => reach === 'conversation').map(({ key }) => key),
  );
  return roles.map((role) => ({
    ...role,
    canBeLimited: role.effective.some(({ authorization }) => reaching.has(authorization)),
  }));
}

/** The roles there are, for a group of checkboxes; a chosen one can be limited to departments. */
export function RoleChoices(props: {
  readonly roles: readonly RoleToGive[];
  readonly departments: readonly WireDepartment[];
  readonly chosen: readonly string[];
  readonly limits: DepartmentLimits;
  readonly onLimit: (role: string, departmentIds: string[]) => void;
}) {
  const { departments, chosen, limits } = props;
  const choices = departments.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Stack gap="xs" mt="xs">
      {props.roles.map(({ id, name, about, canBeLimited }) => (
        <div key={id}>
          <Checkbox value={id} label={name} description={about} />
          {canBeLimited && chosen.includes(id) && departments.length > 0 && (
            <MultiSelect
              className={styles.limit}
              label={`${name} only in`}
              placeholder={limits[id]?.length ? undefined : 'all departments'}
              searchable
              comboboxProps={{ withinPortal: false }}
              data={choices}
              value={[...(limits[id] ?? [])]}
              onChange={(limit) => props.onLimit(id, limit)}
            />
          )}
        </div>
      ))}
    </Stack>
  );
}
