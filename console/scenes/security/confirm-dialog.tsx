import { Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';

/** Asks for password and code before what a borrowed session must not do. */
export function ConfirmDialog(props: {
  readonly title: string;
  readonly action: string;
  readonly onConfirm: (given: { password: string; code: string }) => Promise<void>;
  readonly onClose: () => void;
}) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { password: '', code: '' },
    validate: {
      password: (value) => (value === '' ? 'Enter your password' : null),
      code: (value) => (value.trim() === '' ? 'Enter a code' : null),
    },
  });
  const { busy, failure, save } = useSave(form);
  const submit = form.onSubmit((given) => save(() => props.onConfirm(given)));
  return (
    <Modal opened onClose={props.onClose} title={props.title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <FormFailure failure={failure} />
      <form onSubmit={submit} noValidate>
        <Stack>
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            data-autofocus
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <TextInput
            label="Code from the app, or a recovery code"
            autoComplete="one-time-code"
            key={form.key('code')}
            {...form.getInputProps('code')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              {props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
