import { Alert, Checkbox, Group, Stack, Switch } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { FILE_KINDS, type FileKind } from '../../../shared/protocol/index.ts';
import { Panel } from '../../components/common/scene.tsx';
import type { SettingsFormApi } from './settings-form-api.ts';

const KINDS = Object.keys(FILE_KINDS) as FileKind[];
const isHidden = (kind: FileKind): boolean => FILE_KINDS[kind].reading === 'unsearchable';

/** Which files may be sent in chats, and what that means for redaction. */
export function AttachmentsPanel({ form }: { readonly form: SettingsFormApi }) {
  const { enabled, kinds } = form.values.attachments;
  return (
    <Panel
      title="Files"
      about="Text files are searched like messages, pictures lose place, time and camera. Nobody can search what is on a picture."
    >
      <Stack gap="md" mt="sm">
        <Switch
          label="Files may be sent in chats"
          {...form.getInputProps('attachments.enabled', { type: 'checkbox' })}
        />
        <Checkbox.Group
          label="Kinds"
          value={kinds}
          onChange={(next) => form.setFieldValue('attachments.kinds', next as FileKind[])}
        >
          <Group mt="xs">
            {KINDS.map((kind) => (
              <Checkbox key={kind} value={kind} label={kind} disabled={!enabled} />
            ))}
          </Group>
        </Checkbox.Group>
        {enabled && kinds.some(isHidden) && (
          <Alert
            color="orange"
            icon={<IconAlertTriangle aria-hidden />}
            title="Some of these pass redaction by"
          >
            What stands in {kinds.filter(isHidden).join(', ')} files cannot be searched: card numbers and
            identity numbers in them are kept as they are.
          </Alert>
        )}
      </Stack>
    </Panel>
  );
}
