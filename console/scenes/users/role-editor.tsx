import { Button, Checkbox, Group, Modal, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import type { WireAuthorization, WireRole } from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './users.module.css';

interface RoleEditorProps {
  readonly role: WireRole | undefined;
  readonly roles: readonly WireRole[];
  readonly authorizations: readonly WireAuthorization[];
  readonly onSaved: () => void;
}

/** One role: what it allows itself, which roles it contains, and what that adds up to. */
export function RoleEditor({ role, roles, authorizations, onSaved }: RoleEditorProps) {
  const { api, router, can } = useConsole();
  const writable = can('role:write') && role?.builtin !== true;
  const form = useForm({
    initialValues: {
      name: role?.name ?? '',
      about: role?.about ?? '',
      authorizations: [...(role?.authorizations ?? [])],
      roles: [...(role?.roles ?? [])],
    },
    validate: { name: (value) => (value.trim() === '' ? 'Enter a name' : null) },
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit((values) =>
    save(async () => {
      const draft = { ...values, about: values.about.trim() };
      if (role === undefined) await api.access.createRole(draft);
      else await api.access.changeRole(role.id, draft);
      showDone(`${values.name.trim()} is saved and counts from now on.`);
      onSaved();
      router.navigate('users', 'roles');
    }),
  );
  return (
    <Scene
      title={role === undefined ? 'New role' : role.name}
      {...(role?.builtin === true && { about: 'A built-in role cannot be changed.' })}
      actions={
        writable && (
          <>
            {role !== undefined && <RemoveButton role={role} onRemoved={onSaved} />}
            <Button type="submit" form="role" loading={busy}>
              Save
            </Button>
          </>
        )
      }
    >
      <p className={styles.backRow}>
        <Link to={['users', 'roles']} className={styles.link}>
          <IconArrowLeft size={15} aria-hidden /> All roles
        </Link>
      </p>
      <FormFailure failure={failure} />
      <div className={styles.columns}>
        <form id="role" onSubmit={submit} noValidate>
          <Panel>
            <Stack gap="md">
              <TextInput
                label="Name"
                required
                disabled={!writable}
                maxLength={LIMITS.nameLength}
                {...form.getInputProps('name')}
              />
              <TextInput label="What it is for" disabled={!writable} {...form.getInputProps('about')} />
              <MultiSelect
                label="Contains the roles"
                disabled={!writable}
                searchable
                data={roles
                  .filter(({ id }) => id !== role?.id)
                  .map(({ id, name }) => ({ value: id, label: name }))}
                {...form.getInputProps('roles')}
              />
              <Checkbox.Group label="Allows itself" {...form.getInputProps('authorizations')}>
                <div className={styles.grid}>
                  {authorizations.map(({ key, about }) => (
                    <Checkbox key={key} value={key} label={key} description={about} disabled={!writable} />
                  ))}
                </div>
              </Checkbox.Group>
            </Stack>
          </Panel>
        </form>
        {role !== undefined && <Effective role={role} roles={roles} />}
      </div>
    </Scene>
  );
}

/** What the role adds up to as it is stored, and where each thing comes from. */
function Effective({ role, roles }: { readonly role: WireRole; readonly roles: readonly WireRole[] }) {
  const byId = new Map(roles.map((one) => [one.id, one]));
  return (
    <Panel title="Adds up to" about="As it is saved now.">
      <ul className={styles.tree}>
        <RoleBranch role={role} byId={byId} />
      </ul>
      <Text size="sm" fw={600} mt="md">
        {role.effective.length} things in all
      </Text>
      <ul className={styles.tree}>
        {role.effective.map(({ authorization, from }) => (
          <li key={authorization}>
            <code>{authorization}</code>
            <span className={styles.quiet}>
              {' '}
              from {from.map((id) => byId.get(id)?.name ?? id).join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Roles contain one another without cycles, so this ends. */
function RoleBranch(props: { readonly role: WireRole; readonly byId: ReadonlyMap<string, WireRole> }) {
  const { role, byId } = props;
  const contained = role.roles.flatMap((id) => byId.get(id) ?? []);
  return (
    <li>
      {role.name}
      {contained.length > 0 && (
        <ul>
          {contained.map((one) => (
            <RoleBranch key={one.id} role={one} byId={byId} />
          ))}
        </ul>
      )}
    </li>
  );
}

function RemoveButton({ role, onRemoved }: { readonly role: WireRole; readonly onRemoved: () => void }) {
  const { api, router } = useConsole();
  const [asking, setAsking] = useState(false);
  const remove = async (): Promise<void> => {
    setAsking(false);
    if (!(await attempt(() => api.access.removeRole(role.id)))) return;
    onRemoved();
    router.navigate('users', 'roles');
  };
  return (
    <>
      <Button variant="light" color="red" onClick={() => setAsking(true)}>
        Remove
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Remove ${role.name}?`}>
        <Text size="sm">A role that somebody has, or that another role contains, cannot be removed.</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setAsking(false)}>
            Keep
          </Button>
          <Button color="red" onClick={() => void remove()}>
            Remove
          </Button>
        </Group>
      </Modal>
    </>
  );
}
