import { Badge, Button, Group, Modal, Progress, Table, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import type { WireAccountKeys, WireKeyRotation } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useStaffNames } from '../../components/common/use-staff-names.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

/** How often a rotation that is under way is looked at. */
const POLL_MS = 1_000;

/** The account's keys by version and age, and their rotation. A key itself is never shown. */
export default function KeysScene() {
  const { api, can } = useConsole();
  const load = useCallback(async () => {
    const [keys, rotations] = await Promise.all([api.keys.get(), api.keys.rotations()]);
    return { keys, rotations: rotations.items };
  }, [api]);
  const { data, error, reload } = useLoad(load);
  const running = data?.rotations.find(({ status }) => status === 'running');
  useEffect(() => {
    if (running === undefined) return;
    const timer = setTimeout(reload, POLL_MS);
    return () => clearTimeout(timer);
  }, [running, reload]);
  return (
    <Scene
      title="Keys"
      about="Every conversation has a key of its own, which the account's key wraps. A rotation makes a new account key and puts every conversation under it, while chats go on."
      actions={can('key:rotate') && data && running === undefined && <RotateButton onStarted={reload} />}
    >
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Loading keys" />}
      {running && <Running rotation={running} />}
      {data && <Versions keys={data.keys} />}
      {data && <Rotations rotations={data.rotations.filter(({ status }) => status === 'done')} />}
    </Scene>
  );
}

function Running({ rotation }: { readonly rotation: WireKeyRotation }) {
  const { total, rewrapped } = rotation;
  const percent = total === 0 ? 100 : (100 * rewrapped) / total;
  return (
    <Panel title="Rotation under way">
      <Progress mt="sm" value={percent} aria-label="Progress of the rotation" />
      <Text size="sm" mt="xs" role="status">
        {rewrapped} of {total} keys are under version {rotation.target}.
      </Text>
    </Panel>
  );
}

function Versions({ keys }: { readonly keys: WireAccountKeys }) {
  if (keys.versions.length === 0)
    return <Panel about="The account has no key yet: it is made with the first chat." />;
  return (
    <SheetTable
      label="Versions of the key"
      heads={['Version', 'Made', 'Conversations under it', 'Wrapped by master key']}
      dense
    >
      {keys.versions.map((key) => (
        <Table.Tr key={key.version}>
          <Table.Td>
            {key.version} {key.current && <Badge tt="none">current</Badge>}
          </Table.Td>
          <Table.Td>{formatDateTime(key.createdAt)}</Table.Td>
          <Table.Td>{key.dataKeys}</Table.Td>
          <Table.Td>
            <code>{key.masterKeyId}</code>
          </Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

function Rotations({ rotations }: { readonly rotations: readonly WireKeyRotation[] }) {
  const nameOf = useStaffNames();
  if (rotations.length === 0) return null;
  return (
    <SheetTable label="Earlier rotations" heads={['Rotated', 'By', 'To version', 'Keys', 'Failed']} dense>
      {rotations.map(({ id, startedAt, startedBy, target, rewrapped, failed }) => (
        <Table.Tr key={id}>
          <Table.Td>{formatDateTime(startedAt)}</Table.Td>
          <Table.Td>{startedBy === 'command' ? 'the command line' : nameOf(startedBy)}</Table.Td>
          <Table.Td>{target}</Table.Td>
          <Table.Td>{rewrapped}</Table.Td>
          <Table.Td>{failed}</Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

function RotateButton({ onStarted }: { readonly onStarted: () => void }) {
  const { api } = useConsole();
  const [asking, setAsking] = useState(false);
  const rotate = async (): Promise<void> => {
    await attempt(async () => {
      await api.keys.rotate();
    });
    setAsking(false);
    onStarted();
  };
  return (
    <>
      <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => setAsking(true)}>
        Rotate
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Rotate the account's key?">
        <Text size="sm">
          Chats go on meanwhile. Copies of the database that were made before can still be read with the old
          master key and the old account key, until their own time is up.
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setAsking(false)}>
            Cancel
          </Button>
          <Button onClick={() => void rotate()}>Rotate</Button>
        </Group>
      </Modal>
    </>
  );
}
