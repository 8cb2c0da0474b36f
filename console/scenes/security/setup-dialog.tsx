import { Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { TotpSetup } from '../../../shared/protocol/index.ts';
import { TotpInstructions } from '../../components/common/totp.tsx';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';

/** Password, then the app, then its first code. */
export function SetupDialog(props: {
  readonly onClose: () => void;
  readonly onDone: (recoveryCodes: readonly string[]) => void;
}) {
  const [setup, setSetup] = useState<TotpSetup>();
  return (
    <Modal
      opened
      onClose={props.onClose}
      title="Set up the second factor"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {setup === undefined ? (
        <PasswordForm onSetup={setSetup} />
      ) : (
        <CodeForm setup={setup} onDone={props.onDone} />
      )}
    </Modal>
  );
}

function PasswordForm({ onSetup }: { readonly onSetup: (setup: TotpSetup) => void }) {
  const { own } = useConsole();
  const form = useForm({ mode: 'uncontrolled', initialValues: { password: '' } });
  const { busy, failure, save } = useSave(form);
  const submit = form.onSubmit(({ password }) => save(async () => onSetup(await own.setUp(password))));
  return (
    <form onSubmit={submit} noValidate>
      <FormFailure failure={failure} />
      <Stack>
        <PasswordInput
          label="Your password"
          autoComplete="current-password"
          data-autofocus
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            Continue
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function CodeForm(props: {
  readonly setup: TotpSetup;
  readonly onDone: (recoveryCodes: readonly string[]) => void;
}) {
  const { own } = useConsole();
  const form = useForm({ mode: 'uncontrolled', initialValues: { code: '' } });
  const { busy, failure, save } = useSave(form);
  const submit = form.onSubmit(({ code }) =>
    save(async () => props.onDone((await own.confirm(code.trim())).recoveryCodes)),
  );
  return (
    <form onSubmit={submit} noValidate>
      <FormFailure failure={failure} />
      <TotpInstructions setup={props.setup} />
      <Stack>
        <TextInput
          label="Code from the app"
          autoComplete="one-time-code"
          key={form.key('code')}
          {...form.getInputProps('code')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            Turn on
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
