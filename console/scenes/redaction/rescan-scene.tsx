import { Alert, Button, Group, Modal, Progress, Text } from '@mantine/core';
import { useState } from 'react';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { useStaffNames } from '../../components/common/use-staff-names.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './redaction.module.css';
import { RedactionTabs } from './redaction-tabs.tsx';
import { RescanTable } from './rescan-table.tsx';
import { type OpenRescan, useRescans } from './use-rescans.ts';

type Act = ReturnType<typeof useRescans>['act'];

/** Applies today's rules to what is stored already, and shows how far that is. */
export function RescanScene() {
  const { can } = useConsole();
  const { rescans, open, error, pollError, reload, act } = useRescans();
  const whoIs = useStaffNames();
  const writable = can('redaction-rule:write');
  return (
    <Scene
      title="Apply to stored transcripts"
      about="A new rule works from the next message on. This takes what it recognises out of older transcripts too."
      actions={writable && rescans !== undefined && open === undefined && <StartButton act={act} />}
    >
      <RedactionTabs part="stored" />
      {rescans === undefined && error === undefined && <Waiting label="Loading re-scans" />}
      {error !== undefined && <Failure error={error} retry={reload} />}
      {open && <OpenPanel rescan={open} writable={writable} who={whoIs(open.startedBy)} act={act} />}
      {pollError !== undefined && (
        <Alert color="orange" mb="md" role="status" title="The progress cannot be read just now">
          The work goes on at the server. This page keeps trying.
        </Alert>
      )}
      {rescans && <RescanTable rescans={rescans.filter(({ id }) => id !== open?.id)} whoIs={whoIs} />}
    </Scene>
  );
}

function StartButton({ act }: { readonly act: Act }) {
  const { api } = useConsole();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const start = async (): Promise<void> => {
    setBusy(true);
    await act(() => api.rescans.start());
    setBusy(false);
    setAsking(false);
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>Apply to stored transcripts</Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Apply to stored transcripts?">
        <Text size="sm">
          Every stored transcript and profile of this account is read, and whatever the rules that are on
          recognise is taken out for good. It cannot be brought back. Try the rules first.
        </Text>
        <Text size="sm" mt="sm">
          Chats go on meanwhile. You can pause or cancel; what is done by then stays done.
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setAsking(false)}>
            Not now
          </Button>
          <Button color="red" loading={busy} onClick={() => void start()}>
            Start
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function OpenPanel(props: {
  readonly rescan: OpenRescan;
  readonly writable: boolean;
  readonly who: string;
  readonly act: Act;
}) {
  const { rescan, who } = props;
  const { scanned, total, changed, failed } = rescan;
  const done = total === 0 ? 100 : Math.min(100, (scanned / total) * 100);
  return (
    <Panel title={rescan.status === 'paused' ? 'Paused' : 'Under way'}>
      <p className={styles.quiet}>
        Started by {who}, <time dateTime={rescan.startedAt}>{formatDateTime(rescan.startedAt)}</time>
      </p>
      <Progress
        mt="sm"
        size="lg"
        value={done}
        aria-label="Conversations scanned"
        color={rescan.status === 'paused' ? 'gray' : 'tide'}
      />
      <dl className={styles.figures}>
        <Figure label="Scanned" value={`${scanned} of ${total}`} />
        <Figure label="Changed" value={String(changed)} />
        <Figure label="Failed" value={String(failed)} />
      </dl>
      {props.writable && <Controls rescan={rescan} act={props.act} />}
    </Panel>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Controls({ rescan, act }: { readonly rescan: OpenRescan; readonly act: Act }) {
  const { api } = useConsole();
  const [busy, setBusy] = useState(false);
  const set = async (status: 'running' | 'paused' | 'cancelled'): Promise<void> => {
    setBusy(true);
    await act(() => api.rescans.setStatus(rescan.id, status));
    setBusy(false);
  };
  const isPaused = rescan.status === 'paused';
  return (
    <Group mt="md">
      <Button variant="default" disabled={busy} onClick={() => void set(isPaused ? 'running' : 'paused')}>
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <Button variant="light" color="red" disabled={busy} onClick={() => void set('cancelled')}>
        Cancel
      </Button>
    </Group>
  );
}
