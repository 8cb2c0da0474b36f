import { Badge, Button, Group, Modal, Table, Text, TextInput } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import type { WireDataRequest } from '../../../shared/protocol/index.ts';
import { saveFile } from '../../components/common/download.ts';
import { attempt } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './privacy.module.css';
import { PrivacyTabs } from './privacy-tabs.tsx';
import { countsText, scopeText } from './scope-text.ts';
import { NO_SUBJECT, SubjectFields, subjectOf } from './subject-fields.tsx';

/** How often requests that are being worked on are looked at. */
const POLL_MS = 1_500;
const CONFIRMATION = 'erase';
const STATES = {
  finding: 'Looking',
  erasing: 'Erasing',
  done: 'Done',
  refused: 'Refused: a legal hold keeps some of it',
} as const;

/** Hands out or erases all that is kept of one visitor or person. */
export function RequestsPart() {
  const { api, can } = useConsole();
  const mayErase = can('subject:erase');
  const load = useCallback(async () => {
    const [access, erasure] = await Promise.all([
      api.privacy.requests('access'),
      mayErase ? api.privacy.requests('erasure') : { items: [] },
    ]);
    const all = [...access.items, ...erasure.items];
    return all.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  }, [api, mayErase]);
  const { data, error, reload } = useLoad(load);
  const underWay = data?.some(({ status }) => status === 'finding' || status === 'erasing') === true;
  useEffect(() => {
    if (!underWay) return;
    const timer = setInterval(reload, POLL_MS);
    return () => clearInterval(timer);
  }, [underWay, reload]);
  return (
    <Scene
      title="Requests of people"
      about="Everything that is kept of one visitor or person: as a file for them, or erased with a certificate."
    >
      <PrivacyTabs part={undefined} />
      <RequestForm onAsked={reload} />
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Loading requests" />}
      {data && <Requests requests={data} />}
    </Scene>
  );
}

function RequestForm({ onAsked }: { readonly onAsked: () => void }) {
  const { api, can } = useConsole();
  const [subject, setSubject] = useState(NO_SUBJECT);
  const [erasing, setErasing] = useState(false);
  const ask = async (purpose: 'access' | 'erasure'): Promise<void> => {
    const asked = await attempt(async () => {
      await api.privacy.ask(purpose, subjectOf(subject));
    });
    setErasing(false);
    if (asked) setSubject(NO_SUBJECT);
    onAsked();
  };
  const missing = subject.value.trim() === '';
  return (
    <Panel>
      <Group align="flex-end">
        <SubjectFields values={subject} onChange={setSubject} />
        <Button variant="default" disabled={missing} onClick={() => void ask('access')}>
          Collect
        </Button>
        {can('subject:erase') && (
          <Button color="red" variant="light" disabled={missing} onClick={() => setErasing(true)}>
            Erase
          </Button>
        )}
      </Group>
      {erasing && <ConfirmErasure onCancel={() => setErasing(false)} onConfirm={() => void ask('erasure')} />}
    </Panel>
  );
}

function ConfirmErasure(props: { readonly onCancel: () => void; readonly onConfirm: () => void }) {
  const [typed, setTyped] = useState('');
  return (
    <Modal opened onClose={props.onCancel} title="Erase everything of this visitor or person?">
      <Text size="sm">
        Conversations, profile, files and traces go, and the keys that copies of them would need. It cannot be
        undone.
      </Text>
      <TextInput
        mt="md"
        label={`Type “${CONFIRMATION}” to confirm`}
        value={typed}
        data-autofocus
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={props.onCancel}>
          Cancel
        </Button>
        <Button color="red" disabled={typed !== CONFIRMATION} onClick={props.onConfirm}>
          Erase
        </Button>
      </Group>
    </Modal>
  );
}

function Requests({ requests }: { readonly requests: readonly WireDataRequest[] }) {
  if (requests.length === 0) return <Panel about="Nobody has asked yet." />;
  return (
    <SheetTable label="Requests" heads={['Asked', 'Of', 'For', 'State', 'Outcome']}>
      {requests.map((request) => (
        <Table.Tr key={request.id}>
          <Table.Td>{formatDateTime(request.startedAt)}</Table.Td>
          <Table.Td>{scopeText(request.scope)}</Table.Td>
          <Table.Td>{request.purpose === 'access' ? 'a copy' : 'erasure'}</Table.Td>
          <Table.Td>
            <Badge variant="default" tt="none">
              {STATES[request.status]}
            </Badge>
            <div className={styles.quiet}>
              {request.found} of {request.scanned} conversations
            </div>
          </Table.Td>
          <Table.Td>
            <Outcome request={request} />
          </Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

function Outcome({ request }: { readonly request: WireDataRequest }) {
  const { api } = useConsole();
  if (request.status !== 'done') return null;
  if (request.purpose === 'erasure') {
    return (
      <>
        {countsText(request.counts)}{' '}
        {request.certificateId !== undefined && (
          <Link to={['privacy', 'certificates', request.certificateId]} className={styles.link}>
            Certificate
          </Link>
        )}
      </>
    );
  }
  const save = (format: 'html' | 'json'): void =>
    void attempt(async () => {
      const { fileName = `subject-access.${format}`, ...file } = await api.privacy.export(request.id, format);
      saveFile({ ...file, fileName });
    });
  return (
    <Group gap="xs">
      <Button size="compact-sm" variant="default" onClick={() => save('html')}>
        To read
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => save('json')}>
        JSON
      </Button>
    </Group>
  );
}
