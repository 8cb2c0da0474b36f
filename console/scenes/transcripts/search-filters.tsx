import { Select, TextInput } from '@mantine/core';
import { useCallback } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

interface Filter {
  /** Id or key of what is chosen. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

/** By name for those who may list the staff; others can look for their own. */
export function AgentFilter(props: Filter) {
  const { api, can, user } = useConsole();
  const listed = can('user:read');
  const load = useCallback(
    async () => (listed ? await api.users.list() : [{ id: user.id, name: `${user.name} (you)` }]),
    [api, listed, user.id, user.name],
  );
  const { data } = useLoad(load);
  return (
    <Select
      label="Agent"
      placeholder="Anyone"
      clearable
      searchable
      nothingFoundMessage="Nobody of that name"
      data={(data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={props.value}
      onChange={props.onChange}
    />
  );
}

/** Is there once the account has departments. */
export function DepartmentFilter(props: Filter) {
  const { api, can } = useConsole();
  const listed = can('department:read');
  const load = useCallback(async () => (listed ? await api.departments.list() : []), [api, listed]);
  const { data = [] } = useLoad(load);
  if (data.length === 0) return null;
  return (
    <Select
      label="Department"
      placeholder="Any"
      clearable
      searchable
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
      value={props.value}
      onChange={props.onChange}
    />
  );
}

/** A searchable field of the agreement and its exact value, for those who may look people up. */
export function FieldFilter(props: Filter) {
  const { api, can } = useConsole();
  const listed = can('profile:search') && can('settings:read');
  const load = useCallback(async () => (listed ? await api.settings.get() : undefined), [api, listed]);
  const { data } = useLoad(load);
  const fields = (data?.dpa.customFields ?? []).filter(({ searchable }) => searchable);
  if (fields.length === 0) return null;
  return (
    <>
      <Select
        label="Field"
        placeholder="None"
        clearable
        data={fields.map(({ key, label }) => ({ value: key, label }))}
        value={props.value}
        onChange={props.onChange}
      />
      <TextInput
        name="fieldValue"
        label="Its whole value"
        autoComplete="off"
        disabled={props.value === null}
        maxLength={LIMITS.fieldValueLength}
      />
    </>
  );
}
