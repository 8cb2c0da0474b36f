import { Badge, Button, Table } from '@mantine/core';
import { useCallback } from 'react';
import type { WireStaffSession } from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

/** Where the user is signed in, and how to end it there. */
export function SessionsPanel() {
  const { own } = useConsole();
  const load = useCallback(() => own.sessions(), [own]);
  const { data, error, reload } = useLoad(load);
  const end = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    const worked = await attempt(async () => {
      await work();
    });
    if (worked) showDone(done);
    reload();
  };
  return (
    <Panel title="Sign-ins" about="Each tab is a sign-in of its own. No address is kept.">
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Loading sign-ins" />}
      {data && (
        <SessionTable
          sessions={data}
          onEnd={({ id }) => void end(() => own.endSession(id), 'That sign-in has ended.')}
        />
      )}
      {data && data.length > 1 && (
        <Button
          mt="md"
          variant="default"
          onClick={() => void end(() => own.endOtherSessions(), 'Every other sign-in has ended.')}
        >
          End all others
        </Button>
      )}
    </Panel>
  );
}

function SessionTable(props: {
  readonly sessions: readonly WireStaffSession[];
  readonly onEnd: (session: WireStaffSession) => void;
}) {
  return (
    <Table mt="sm" verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Browser</Table.Th>
          <Table.Th>Began</Table.Th>
          <Table.Th>Last used</Table.Th>
          <Table.Th>
            <span className="visually-hidden">Actions</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {props.sessions.map((session) => (
          <Table.Tr key={session.id}>
            <Table.Td>{session.client}</Table.Td>
            <Table.Td>{formatDateTime(session.createdAt)}</Table.Td>
            <Table.Td>{formatDateTime(session.lastUsedAt)}</Table.Td>
            <Table.Td ta="right">
              {session.current ? (
                <Badge variant="default" tt="none">
                  This one
                </Badge>
              ) : (
                <Button size="xs" variant="default" onClick={() => props.onEnd(session)}>
                  End
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
