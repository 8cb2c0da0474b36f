import { Switch } from '@mantine/core';
import { Panel } from '../../components/common/scene.tsx';
import type { SettingsFormApi } from './settings-form-api.ts';

/** What the account asks of who works in it. */
export function SignInPanel({ form }: { readonly form: SettingsFormApi }) {
  return (
    <Panel title="Sign-in of staff">
      <Switch
        mt="sm"
        label="Ask everybody for a second factor"
        description="Those who have none set it up at their next sign-in; until then their running sign-ins go on."
        {...form.getInputProps('signIn.secondFactorRequired', { type: 'checkbox' })}
      />
    </Panel>
  );
}
