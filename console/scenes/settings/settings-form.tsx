import { Button, NumberInput, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { LIMITS } from '../../../shared/limits.ts';
import type { AccountSettings } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { AgreementPanel } from './agreement-panel.tsx';
import { AttachmentsPanel } from './attachments-panel.tsx';
import { BusinessHoursFields } from './business-hours-fields.tsx';
import { RedactionPanel } from './redaction-panel.tsx';
import { RetentionPanel } from './retention-panel.tsx';
import styles from './settings.module.css';
import type { SettingsFormApi } from './settings-form-api.ts';
import { changeOf, type SettingsValues, valuesOf } from './settings-values.ts';
import { SignInPanel } from './sign-in-panel.tsx';

const CAPACITY_MAX = 100;

/** The whole form; saved at once, so that the account never stands half changed. */
export function SettingsForm(props: {
  readonly settings: AccountSettings;
  readonly onSaved: (settings: AccountSettings) => void;
}) {
  const { api, can } = useConsole();
  const { settings, onSaved } = props;
  const writable = can('settings:write');
  const form = useForm<SettingsValues>({ initialValues: valuesOf(settings) });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit((values) =>
    save(async () => {
      const saved = await api.settings.change(changeOf(values));
      onSaved(saved);
      form.setInitialValues(valuesOf(saved));
      form.reset();
      showDone('The settings are saved.');
    }),
  );
  return (
    <Scene
      title="Settings"
      about={`Of the account ${settings.name}, kept in the region ${settings.region}.`}
      actions={
        writable && (
          <Button type="submit" form="settings" loading={busy} disabled={!form.isDirty()}>
            Save
          </Button>
        )
      }
    >
      <FormFailure failure={failure} />
      <form id="settings" onSubmit={submit} noValidate>
        <fieldset disabled={!writable} className={styles.fieldset}>
          <legend className="visually-hidden">Settings of the account</legend>
          <GeneralPanel form={form} />
          <RetentionPanel form={form} saved={settings} />
          <RoutingPanel form={form} />
          <RedactionPanel form={form} saved={settings.redaction.applyTo} />
          <AttachmentsPanel form={form} />
          <SignInPanel form={form} />
          <AgreementPanel form={form} saved={settings.dpa.customFields} />
          <Panel title="Business hours" about="Outside them, visitors are told that nobody is there.">
            <BusinessHoursFields form={form} />
          </Panel>
        </fieldset>
      </form>
    </Scene>
  );
}

function GeneralPanel({ form }: { readonly form: SettingsFormApi }) {
  return (
    <Panel title="General">
      <div className={styles.two}>
        <TextInput
          label="Name of the account"
          maxLength={LIMITS.nameLength}
          {...form.getInputProps('name')}
        />
        <Select
          label="Time zone"
          description="For business hours and reports"
          searchable
          limit={60}
          data={Intl.supportedValuesOf('timeZone')}
          {...form.getInputProps('timeZone')}
        />
      </div>
    </Panel>
  );
}

function RoutingPanel({ form }: { readonly form: SettingsFormApi }) {
  return (
    <Panel title="Assignment">
      <div className={styles.two}>
        <Radio.Group label="New chats" {...form.getInputProps('routing.assignment')}>
          <Stack gap="xs" mt="xs">
            <Radio
              value="automatic"
              label="Automatic"
              description="To the free agent with the fewest chats"
            />
            <Radio value="manual" label="By hand" description="Agents accept from the queue" />
          </Stack>
        </Radio.Group>
        <Stack gap="md">
          <NumberInput
            label="Chats at once for each agent"
            description="Until the agent chooses another number"
            min={0}
            max={CAPACITY_MAX}
            allowDecimal={false}
            {...form.getInputProps('routing.defaultCapacity')}
          />
          <NumberInput
            label="Patience with a lost connection, in seconds"
            description="Then the agent's chats go back to the queue"
            min={1}
            max={600}
            allowDecimal={false}
            {...form.getInputProps('routing.agentGraceS')}
          />
        </Stack>
      </div>
    </Panel>
  );
}
