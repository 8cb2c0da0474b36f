import { Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import type { DepartmentLimits, WireDepartment, WireUser } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { FormDialog } from '../../components/common/form-dialog.tsx';
import { useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { RoleChoices, type RoleToGive } from './role-choices.tsx';

interface Values {
  email: string;
  name: string;
  password: string;
  roles: string[];
  /** By role, the departments that it is limited to; empty: none. */
  departmentLimits: DepartmentLimits;
}

/** Adds a user or changes one. A password is set here only; nobody can read it afterwards. */
export function UserForm(props: {
  readonly user: WireUser | undefined;
  /** Those that there are to give, and to limit them to. */
  readonly roles: readonly RoleToGive[];
  readonly departments: readonly WireDepartment[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}) {
  const { api } = useConsole();
  const { user } = props;
  const form = useForm<Values>({
    initialValues: {
      email: user?.email ?? '',
      name: user?.name ?? '',
      password: '',
      roles: [...(user?.roles ?? ['agent'])],
      departmentLimits: user?.departmentLimits ?? {},
    },
    validate: (values) => faultsOf(values, user === undefined),
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit((values) =>
    save(async () => {
      const { email, name, password, roles } = values;
      const given = { name, roles, departmentLimits: limitsOf(values) };
      if (user === undefined) await api.users.create({ ...given, email: email.trim(), password });
      else await api.users.change(user.id, { ...given, ...(password !== '' && { password }) });
      showDone(user === undefined ? `${name} can sign in now.` : `${name} was saved.`);
      props.onSaved();
    }),
  );
  return (
    <FormDialog
      title={user === undefined ? 'Add a user' : `Edit ${user.name}`}
      onSubmit={submit}
      onClose={props.onClose}
      busy={busy}
      failure={failure}
    >
      <TextInput
        data-autofocus
        label="Name"
        required
        maxLength={LIMITS.nameLength}
        {...form.getInputProps('name')}
      />
      <TextInput
        label="E-mail"
        type="email"
        required
        disabled={user !== undefined}
        maxLength={LIMITS.emailLength}
        autoComplete="off"
        {...form.getInputProps('email')}
      />
      <PasswordField isNew={user === undefined} inputProps={form.getInputProps('password')} />
      <Checkbox.Group label="Roles" required {...form.getInputProps('roles')}>
        <RoleChoices
          roles={props.roles}
          departments={props.departments}
          chosen={form.values.roles}
          limits={form.values.departmentLimits}
          onLimit={(role, limit) =>
            form.setFieldValue('departmentLimits', { ...form.values.departmentLimits, [role]: limit })
          }
        />
      </Checkbox.Group>
    </FormDialog>
  );
}

function PasswordField(props: { readonly isNew: boolean; readonly inputProps: object }) {
  const [visible, setVisible] = useState(false);
  return (
    <PasswordInput
      label={props.isNew ? 'First password' : 'New password'}
      description={
        props.isNew
          ? `At least ${LIMITS.passwordMinLength} characters. Hand it over in person or by phone.`
          : 'Leave empty to keep the present one.'
      }
      required={props.isNew}
      autoComplete="new-password"
      maxLength={LIMITS.passwordMaxLength}
      visible={visible}
      onVisibilityChange={setVisible}
      {...props.inputProps}
    />
  );
}

/** Of the roles that are given; a role that no department is chosen for has no limit. */
function limitsOf({ roles, departmentLimits }: Values): DepartmentLimits {
  return Object.fromEntries(
    Object.entries(departmentLimits).filter(([role, limit]) => roles.includes(role) && limit.length > 0),
  );
}

function faultsOf(values: Values, isNew: boolean): Partial<Record<keyof Values, string>> {
  const short = values.password.length < LIMITS.passwordMinLength;
  return {
    ...(values.name.trim() === '' && { name: 'Enter a name' }),
    ...(!values.email.includes('@') && { email: 'Enter an e-mail address' }),
    ...((isNew || values.password !== '') &&
      short && { password: `Use at least ${LIMITS.passwordMinLength} characters` }),
    ...(values.roles.length === 0 && { roles: 'Choose at least one role' }),
  };
}
