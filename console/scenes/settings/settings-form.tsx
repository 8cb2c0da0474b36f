import { Alert, Button, NumberInput, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertTriangle } from '@tabler/icons-react';
import { LIMITS } from '../../../shared/limits.ts';
import type { AccountSettings } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { AttachmentsPanel } from './attachments-panel.tsx';
import { BusinessHoursFields } from './business-hours-fields.tsx';
import { CustomFieldsEditor } from './custom-fields-editor.tsx';
import { RedactionPanel } from './redaction-panel.tsx';
import styles from './settings.module.css';
import type { SettingsFormApi } from './settings-form-api.ts';
import { changeOf, type SettingsValues, valuesOf } from './settings-values.ts';
import { SignInPanel } from './sign-in-panel.tsx';

const TRANSCRIPT_DAYS_MAX = 3_650;
const LOG_DAYS_MAX = 7;
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
          <RetentionPanel form={form} shortens={shortens(form.values, settings)} />
          <RoutingPanel form={form} />
          <RedactionPanel form={form} saved={settings.redaction.applyTo} />
          <AttachmentsPanel form={form} />
          <SignInPanel form={form} />
          <Panel
            title="Fields allowed by the data-processing agreement"
            about="A profile field is kept only if it is listed here. Taking a field away stops it from being kept."
          >
            <CustomFieldsEditor form={form} />
          </Panel>
          <Panel title="Business hours" about="Outside them, visitors are told that nobody is there.">
            <BusinessHoursFields form={form} />
          </Panel>
        </fieldset>
      </form>
    </Scene>
  );
}

function shortens(values: SettingsValues, settings: AccountSettings): boolean {
  return values.transcriptRetentionDays < settings.transcriptRetentionDays;
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

function RetentionPanel(props: { readonly form: SettingsFormApi; readonly shortens: boolean }) {
  const { form } = props;
  return (
    <Panel
      title="Retention"
      about="When the time is over, a transcript goes together with its profile and its key. A change applies to what is already kept."
    >
      <div className={styles.two}>
        <NumberInput
          label="Transcripts, in days"
          min={1}
          max={TRANSCRIPT_DAYS_MAX}
          allowDecimal={false}
          {...form.getInputProps('transcriptRetentionDays')}
        />
        <NumberInput
          label="Activity log with addresses, in days"
          description={`At most ${LOG_DAYS_MAX}`}
          min={1}
          max={LOG_DAYS_MAX}
          allowDecimal={false}
          {...form.getInputProps('logRetentionDays')}
        />
      </div>
      {props.shortens && (
        <Alert
          mt="md"
          color="orange"
          icon={<IconAlertTriangle aria-hidden />}
          title="Older transcripts will go now"
        >
          Transcripts older than {form.values.transcriptRetentionDays} days are erased within minutes of
          saving. They cannot be brought back.
        </Alert>
      )}
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
