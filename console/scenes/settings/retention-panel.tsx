import { Alert, NumberInput, Switch } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { AccountSettings } from '../../../shared/protocol/index.ts';
import { Panel } from '../../components/common/scene.tsx';
import styles from './settings.module.css';
import type { SettingsFormApi } from './settings-form-api.ts';

const TRANSCRIPT_DAYS_MAX = 3_650;
const LOG_DAYS_MAX = 7;
const AUDIT_DAYS = { min: 30, max: 3_650 } as const;

/** How long transcripts and logs live, and what a look into the addresses takes. */
export function RetentionPanel(props: {
  readonly form: SettingsFormApi;
  readonly saved: Pick<AccountSettings, 'transcriptRetentionDays'>;
}) {
  const { form, saved } = props;
  const { transcriptRetentionDays: days } = form.values;
  return (
    <Panel
      title="Retention"
      about="When the time is over, a transcript goes together with its profile and its key. A change applies to what is already kept."
    >
      <div className={styles.three}>
        <NumberInput
          label="Transcripts, in days"
          description="Profiles and files go with them"
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
        <NumberInput
          label="Audit log, in days"
          description={`At least ${AUDIT_DAYS.min}`}
          min={AUDIT_DAYS.min}
          max={AUDIT_DAYS.max}
          allowDecimal={false}
          {...form.getInputProps('auditRetentionDays')}
        />
      </div>
      {days < saved.transcriptRetentionDays && (
        <Alert
          mt="md"
          color="orange"
          icon={<IconAlertTriangle aria-hidden />}
          title="Older transcripts will go now"
        >
          Transcripts older than {days} days are erased within minutes of saving. They cannot be brought back.
        </Alert>
      )}
      <Switch
        mt="lg"
        label="Ask for a reason at every look into the activity log"
        description="Also of scripts and other programs. The reason stands in the audit log."
        {...form.getInputProps('activityLog.reasonRequired', { type: 'checkbox' })}
      />
    </Panel>
  );
}
