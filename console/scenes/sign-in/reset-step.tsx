import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { LIMITS } from '../../../shared/limits.ts';
import type { StepProps } from './sign-in-scene.tsx';

/** A new password by a one-time code. */
export function ResetStep(props: StepProps & { readonly onBack: () => void; readonly onDone: () => void }) {
  const { session, busy, run } = props;
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { token: '', newPassword: '' },
    validate: {
      token: (value) => (value.trim() === '' ? 'Enter the code' : null),
      newPassword: (value) =>
        value.length < LIMITS.passwordMinLength
          ? `Use at least ${LIMITS.passwordMinLength} characters`
          : null,
    },
  });
  const submit = form.onSubmit(({ token, newPassword }) =>
    run(async () => {
      await session.setPassword({ token: token.trim(), newPassword });
      props.onDone();
    }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <TextInput
        label="One-time code"
        autoComplete="off"
        autoFocus
        size="md"
        key={form.key('token')}
        {...form.getInputProps('token')}
      />
      <PasswordInput
        mt="md"
        label="New password"
        description={`At least ${LIMITS.passwordMinLength} characters; several unrelated words are best.`}
        autoComplete="new-password"
        size="md"
        key={form.key('newPassword')}
        {...form.getInputProps('newPassword')}
      />
      <Button type="submit" fullWidth mt="xl" size="md" loading={busy}>
        Set the password
      </Button>
      <Anchor component="button" type="button" size="sm" mt="lg" onClick={props.onBack}>
        Back to the sign-in
      </Anchor>
    </form>
  );
}
