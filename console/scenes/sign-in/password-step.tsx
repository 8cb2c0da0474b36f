import { Anchor, Button, Divider, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconLogin2 } from '@tabler/icons-react';
import { useCallback } from 'react';
import { keepProviderFlow } from '../../api/provider-return.ts';
import { useLoad } from '../../components/common/use-load.ts';
import type { StepProps } from './sign-in-scene.tsx';

/** The first factor: a password, or an identity provider where one is configured. */
export function PasswordStep({ session, busy, run, onReset }: StepProps & { readonly onReset: () => void }) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() === '' ? 'Enter your e-mail address' : null),
      password: (value) => (value === '' ? 'Enter your password' : null),
    },
  });
  const submit = form.onSubmit(({ email, password }) =>
    run(() => session.signIn({ email: email.trim(), password })),
  );
  return (
    <>
      <form onSubmit={submit} noValidate>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus
          size="md"
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          mt="md"
          label="Password"
          autoComplete="current-password"
          size="md"
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" fullWidth mt="xl" size="md" loading={busy}>
          Sign in
        </Button>
      </form>
      <ProviderButton session={session} busy={busy} run={run} />
      <Anchor component="button" type="button" size="sm" mt="lg" onClick={onReset}>
        I have a code for a new password
      </Anchor>
    </>
  );
}

/** Leads away to the identity provider; without one, or without an answer, there is no button. */
function ProviderButton({ session, busy, run }: StepProps) {
  const load = useCallback(() => session.providers(), [session]);
  const provider = useLoad(load).data?.[0];
  if (provider === undefined) return null;
  const leave = async (): Promise<void> => {
    const { address, flow } = await session.beginProviderSignIn();
    keepProviderFlow(sessionStorage, flow);
    location.assign(address);
  };
  return (
    <>
      <Divider my="lg" label="or" />
      <Button
        variant="default"
        fullWidth
        size="md"
        disabled={busy}
        leftSection={<IconLogin2 size={18} aria-hidden />}
        onClick={() => run(leave)}
      >
        Continue with {provider.name}
      </Button>
    </>
  );
}
