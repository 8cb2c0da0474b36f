import { Checkbox, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import type { WireRole, WireUser } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { FormDialog } from '../../components/common/form-dialog.tsx';
import { useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';

interface Values {
  email: string;
  name: string;
  password: string;
  roles: string[];
}

/** Adds a user or changes one. A password is set here only; nobody can read it afterwards. */
export function UserForm(props: {
  readonly user: WireUser | undefined;
  /** Those that there are to give. */
  readonly roles: readonly WireRole[];
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
    },
    validate: (values) => faultsOf(values, user === undefined),
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit((values) =>
    save(async () => {
      const { email, name, password, roles } = values;
      if (user === undefined) await api.users.create({ email: email.trim(), name, password, roles });
      else await api.users.change(user.id, { name, roles, ...(password !== '' && { password }) });
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
        <Stack gap="xs" mt="xs">
          {props.roles.map(({ id, name, about }) => (
            <Checkbox key={id} value={id} label={name} description={about} />
          ))}
        </Stack>
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
