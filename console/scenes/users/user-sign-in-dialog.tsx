import { Badge, Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { type ReactNode, useCallback, useState } from 'react';
import type { SecondFactorStatus, WireStaffSession, WireUser } from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { OnceDialog } from '../../components/common/once-dialog.tsx';
import { Failure, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './users.module.css';

/** How somebody else signs in, and the help that an administrator can give: all of it is in the audit log. */
export function UserSignInDialog(props: { readonly user: WireUser; readonly onClose: () => void }) {
  const { api } = useConsole();
  const { user, onClose } = props;
  const load = useCallback(async () => {
    const [sessions, factor] = await Promise.all([
      api.users.sessions(user.id),
      api.users.secondFactor(user.id),
    ]);
    return { sessions, factor };
  }, [api, user.id]);
  const { data, error, reload } = useLoad(load);
  const [resetCode, setResetCode] = useState<string>();
  const change = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    const worked = await attempt(async () => {
      await work();
    });
    if (worked) showDone(done);
    reload();
  };
  if (resetCode !== undefined) {
    return (
      <OnceDialog
        title="One-time code"
        about={`Hand it to ${user.name} in person. At the sign-in, "I have a code for a new password" takes it, once and within a day. It is not shown again.`}
        secret={resetCode}
        onClose={onClose}
      />
    );
  }
  return (
    <Modal opened onClose={onClose} title={`Sign-in of ${user.name}`} size="lg">
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Loading the sign-in" />}
      {data && (
        <Stack gap="lg">
          <SecondFactor
            status={data.factor}
            onRemove={() =>
              void change(
                () => api.users.removeSecondFactor(user.id),
                `${user.name} signs in with the password alone.`,
              )
            }
          />
          <Sessions
            sessions={data.sessions}
            onEnd={() =>
              void change(() => api.users.endSessions(user.id), `${user.name} is signed out everywhere.`)
            }
          />
          <Row about="For someone who has forgotten the password: a one-time code that leads to a new one. The old one stays good until then.">
            <Button
              variant="default"
              onClick={() =>
                void attempt(async () => setResetCode((await api.users.resetPassword(user.id)).token))
              }
            >
              Make a code for a new password
            </Button>
          </Row>
        </Stack>
      )}
    </Modal>
  );
}

function SecondFactor(props: { readonly status: SecondFactorStatus; readonly onRemove: () => void }) {
  const { status } = props;
  if (!status.enabled) {
    return (
      <Row
        about={status.required ? 'It is asked for, and is set up at the next sign-in.' : 'None is set up.'}
      >
        <Text fw={600}>Second factor</Text>
        <Badge variant="default" tt="none">
          Off
        </Badge>
      </Row>
    );
  }
  return (
    <Row
      about={`${status.recoveryCodesLeft} recovery codes left. Take it off when the phone and the codes are lost: it ends every sign-in too.`}
    >
      <Text fw={600}>Second factor</Text>
      <Badge variant="default" tt="none">
        On
      </Badge>
      <Button variant="default" size="compact-sm" onClick={props.onRemove}>
        Take it off
      </Button>
    </Row>
  );
}

function Sessions(props: { readonly sessions: readonly WireStaffSession[]; readonly onEnd: () => void }) {
  if (props.sessions.length === 0) return <Text size="sm">Signed in nowhere.</Text>;
  return (
    <div>
      <Table verticalSpacing="xs" aria-label="Sign-ins">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Browser</Table.Th>
            <Table.Th>Began</Table.Th>
            <Table.Th>Last used</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.sessions.map((session) => (
            <Table.Tr key={session.id}>
              <Table.Td>{session.client}</Table.Td>
              <Table.Td>{formatDateTime(session.createdAt)}</Table.Td>
              <Table.Td>{formatDateTime(session.lastUsedAt)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Button mt="sm" variant="default" onClick={props.onEnd}>
        End every sign-in
      </Button>
    </div>
  );
}

function Row(props: { readonly about: string; readonly children: ReactNode }) {
  return (
    <div>
      <Group gap="sm">{props.children}</Group>
      <p className={styles.about}>{props.about}</p>
    </div>
  );
}
