import { Alert, List, Radio, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { AccountSettings } from '../../../shared/protocol/index.ts';
import { Panel } from '../../components/common/scene.tsx';
import type { SettingsFormApi } from './settings-form-api.ts';

type ApplyTo = AccountSettings['redaction']['applyTo'];

/** Decides who sees what a rule removes, and says what that means. */
export function RedactionPanel(props: { readonly form: SettingsFormApi; readonly saved: ApplyTo }) {
  const { form, saved } = props;
  const { applyTo } = form.values.redaction;
  return (
    <Panel
      title="Redaction"
      about="What is stored is always redacted. This decides what the agent sees live."
    >
      <Radio.Group aria-label="Redaction applies to" {...form.getInputProps('redaction.applyTo')}>
        <Stack gap="xs" mt="sm">
          <Radio
            value="store-and-delivery"
            label="Redact for everyone"
            description="Nobody ever sees what a rule removes. The safe choice."
          />
          <Radio
            value="store"
            label="Redact what is stored only"
            description="The agent in the chat sees the original until the page is left."
          />
        </Stack>
      </Radio.Group>
      {applyTo === 'store' && <OriginalsWarning isSwitchedOn={saved === 'store'} />}
    </Panel>
  );
}

function OriginalsWarning({ isSwitchedOn }: { readonly isSwitchedOn: boolean }) {
  return (
    <Alert mt="md" color="orange" icon={<IconAlertTriangle aria-hidden />} title="Agents will see originals">
      <List size="sm" spacing={4}>
        <List.Item>
          The agent in a chat sees what visitors write, card numbers and all, as it arrives. They can read,
          copy and photograph what the rules are meant to keep from them.
        </List.Item>
        <List.Item>
          Transcripts, exports and the search keep the redacted text only. The original is written to no disk
          and cannot be brought back once the agent has left the page.
        </List.Item>
        <List.Item>
          {isSwitchedOn
            ? 'It is on. Who switched it on, and when, is in the audit log; so is switching it off.'
            : 'Saving this writes your name and the time to the audit log.'}
        </List.Item>
      </List>
      <Text size="sm" mt="xs">
        Use it only if agents need it to help, and your data-processing agreement allows it.
      </Text>
    </Alert>
  );
}
