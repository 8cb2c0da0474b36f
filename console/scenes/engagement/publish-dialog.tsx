import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { Failure, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { DiffView } from './diff-view.tsx';

/** Shows what publishing the draft changes, in rules and for recorded visitors, and does it. */
export function PublishDialog({ onClose }: { readonly onClose: () => void }) {
  const { api } = useConsole();
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const load = useCallback(() => api.engagement.diff('published', 'draft'), [api]);
  const { data, error, reload } = useLoad(load);
  const publish = async (): Promise<void> => {
    setBusy(true);
    const done = await attempt(async () => {
      const { version } = await api.engagement.publish(note.trim());
      showDone(`Version ${version} is live.`);
    });
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Publish the rules" size="lg">
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Comparing with what is live" />}
      {data && <DiffView diff={data} />}
      <TextInput
        mt="md"
        label="Note"
        description="What this is for, to find the way back later."
        maxLength={LIMITS.nameLength}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={busy} onClick={() => void publish()}>
          Publish
        </Button>
      </Group>
    </Modal>
  );
}
