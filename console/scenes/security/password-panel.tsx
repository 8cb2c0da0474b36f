import { Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { LIMITS } from '../../../shared/limits.ts';
import { ApiError } from '../../api/problem.ts';
import { showDone } from '../../components/common/explain.ts';
import { Panel } from '../../components/common/scene.tsx';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './security.module.css';

/** Changes the password; every other sign-in ends by it. */
export function PasswordPanel() {
  const { own } = useConsole();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (value) => (value === '' ? 'Enter your current password' : null),
      newPassword: (value) =>
        value.length < LIMITS.passwordMinLength
          ? `Use at least ${LIMITS.passwordMinLength} characters`
          : null,
    },
  });
  const saving = useSave({ setErrors: (errors) => form.setErrors(atFields(errors)) });
  const submit = form.onSubmit((values) =>
    saving.save(async () => {
      await own.changePassword(values).catch(withField);
      form.reset();
      showDone('Your password is changed. Every other sign-in has ended.');
    }),
  );
  return (
    <Panel title="Password" about="Several unrelated words are easy to remember and hard to guess.">
      <FormFailure failure={saving.failure} />
      <form onSubmit={submit} noValidate>
        <Stack mt="md" className={styles.fields}>
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            key={form.key('currentPassword')}
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label="New password"
            description={`At least ${LIMITS.passwordMinLength} characters`}
            autoComplete="new-password"
            key={form.key('newPassword')}
            {...form.getInputProps('newPassword')}
          />
          <div>
            <Button type="submit" loading={saving.busy}>
              Change password
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  );
}

/** The server speaks of the password that is judged; here it is the new one. */
function atFields({ password, ...others }: Record<string, string>): Record<string, string> {
  return password === undefined ? others : { ...others, newPassword: password };
}

/** A wrong current password belongs to its field. */
function withField(error: unknown): never {
  if (!(error instanceof ApiError) || error.code !== 'auth.password_wrong') throw error;
  throw new ApiError({
    status: error.status,
    code: error.code,
    detail: error.message,
    faults: [{ path: 'currentPassword', message: error.message }],
  });
}
