import { Alert, Button, Menu } from '@mantine/core';
import { IconArrowLeft, IconDownload, IconShieldX, IconTrash } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { WireTranscript } from '../../../shared/protocol/index.ts';
import type { ExportFormat } from '../../api/calls.ts';
import { ApiError } from '../../api/problem.ts';
import { saveFile } from '../../components/common/download.ts';
import { attempt } from '../../components/common/explain.ts';
import { formatDateTime, visitorName } from '../../components/common/format.ts';
import { MessageTimeline } from '../../components/common/message-timeline.tsx';
import { ProfileView } from '../../components/common/profile-view.tsx';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { StatusBadge } from '../../components/common/status-badge.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import { EraseDialog } from './erase-dialog.tsx';
import { SupervisorActions } from './supervisor-actions.tsx';
import styles from './transcripts.module.css';

/** One conversation in full, to read, export or erase. */
export function TranscriptView({ id }: { readonly id: string }) {
  const { api } = useConsole();
  const load = useCallback(() => api.conversations.transcript(id), [api, id]);
  const { data, error, loading, reload } = useLoad(load);
  const [certificateId, setCertificateId] = useState<string>();
  if (certificateId !== undefined) return <Erased certificateId={certificateId} />;
  return (
    <Scene
      title={data ? `Case ${data.caseId}` : 'Transcript'}
      actions={data && <Actions transcript={data} onErased={setCertificateId} />}
    >
      <BackLink />
      {error !== undefined && <Refused error={error} retry={reload} />}
      {loading && data === undefined && <Waiting label="Opening the transcript" />}
      {data && (
        <div className={styles.columns}>
          <Panel>
            <div className={styles.log}>
              <MessageTimeline messages={data.messages ?? []} visitor={visitorName(data.sessionId)} />
              {data.messages?.length === 0 && <p className={styles.quiet}>Nothing was said.</p>}
            </div>
          </Panel>
          <Panel title="About">
            <About transcript={data} />
            {data.profile && <ProfileView profile={data.profile} />}
          </Panel>
        </div>
      )}
    </Scene>
  );
}

function BackLink() {
  return (
    <p className={styles.backRow}>
      <Link to={['transcripts']} className={styles.caseLink}>
        <IconArrowLeft size={15} aria-hidden /> All transcripts
      </Link>
    </p>
  );
}

/** A record that fails its integrity check deserves more than a line of red. */
function Refused({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  if (!(error instanceof ApiError) || error.code !== 'transcript.tampered') {
    return <Failure error={error} retry={retry} />;
  }
  return (
    <Alert
      color="red"
      icon={<IconShieldX aria-hidden />}
      title="This transcript is not shown: its integrity check failed"
      role="alert"
    >
      A stored record was altered, swapped or removed after it was written. Nothing of it is served, and the
      failed check is in the audit log. Tell whoever runs this server; do not erase it before it has been
      looked into.
    </Alert>
  );
}

function About({ transcript }: { readonly transcript: WireTranscript }) {
  const facts: [string, React.ReactNode][] = [
    ['Status', <StatusBadge key="status" status={transcript.status} />],
    ['Visitor', visitorName(transcript.sessionId)],
    ['Agent', transcript.agent?.name ?? '–'],
    ['Started', formatDateTime(transcript.startedAt)],
    ['Closed', transcript.closedAt ? formatDateTime(transcript.closedAt) : '–'],
    ['Erased on', formatDateTime(transcript.expiresAt)],
    ['Tags', transcript.tags.join(', ') || '–'],
    ['Rating', transcript.rating === undefined ? '–' : `${transcript.rating} of 5`],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const FORMATS: readonly { format: ExportFormat; label: string }[] = [
  { format: 'html', label: 'Web page (HTML)' },
  { format: 'txt', label: 'Plain text' },
  { format: 'json', label: 'JSON' },
];

function Actions(props: {
  readonly transcript: WireTranscript;
  readonly onErased: (certificateId: string) => void;
}) {
  const { api, can } = useConsole();
  const { transcript } = props;
  const [erasing, setErasing] = useState(false);
  const download = (format: ExportFormat): Promise<boolean> =>
    attempt(async () => {
      const { body, contentType, fileName } = await api.conversations.export(transcript.id, format);
      saveFile({ body, contentType, fileName: fileName ?? `transcript-${transcript.id}.${format}` });
    });
  return (
    <>
      <SupervisorActions conversation={transcript} />
      {can('transcript:export') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {FORMATS.map(({ format, label }) => (
              <Menu.Item key={format} onClick={() => void download(format)}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {can('transcript:erase') && (
        <Button
          variant="light"
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => setErasing(true)}
        >
          Erase
        </Button>
      )}
      <EraseDialog
        transcript={transcript}
        opened={erasing}
        onClose={() => setErasing(false)}
        onErased={props.onErased}
      />
    </>
  );
}

function Erased({ certificateId }: { readonly certificateId: string }) {
  return (
    <Scene title="Erased">
      <Panel title="The transcript is gone">
        <p className={styles.quiet}>
          Messages, profile and key were destroyed; backups of it can no longer be read. Keep the number of
          the certificate as proof:
        </p>
        <p>
          <code className={styles.certificate}>{certificateId}</code>
        </p>
      </Panel>
      <BackLink />
    </Scene>
  );
}
