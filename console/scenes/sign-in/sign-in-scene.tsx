import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { Session } from '../../api/session.ts';
import { explain } from '../../components/common/explain.ts';
import styles from './sign-in.module.css';

/** Where a session begins, and where an ended one leads. */
export function SignInScene(props: { readonly session: Session; readonly notice: string | undefined }) {
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() === '' ? 'Enter your e-mail address' : null),
      password: (value) => (value === '' ? 'Enter your password' : null),
    },
  });
  const submit = form.onSubmit((values) => {
    setBusy(true);
    setFailure(undefined);
    props.session
      .signIn({ email: values.email.trim(), password: values.password })
      .catch((error: unknown) => setFailure(explain(error)))
      .finally(() => setBusy(false));
  });
  const message = failure ?? props.notice;
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <img src={new URL('../../icon.svg', import.meta.url).href} alt="" width={44} height={44} />
        <h1 className={styles.title}>Sign in to the console</h1>
        <p className={styles.about}>For agents and administrators.</p>
        <div role="alert">
          {message !== undefined && (
            <Alert
              mb="md"
              color={failure === undefined ? 'tide' : 'red'}
              icon={<IconInfoCircle aria-hidden />}
            >
              {message}
            </Alert>
          )}
        </div>
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
      </div>
    </main>
  );
}
