import { Button, Group, Modal, Table, Textarea } from '@mantine/core';
import { IconArrowLeft, IconMessagePlus } from '@tabler/icons-react';
import { type ReactNode, useCallback, useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import type { WireVisitorDetail } from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime, formatTime, visitorName } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole, useLive } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './visitors.module.css';
import { StateBadge } from './visitors-scene.tsx';
import { WhyNot } from './why-not.tsx';

/** One live visitor: what they did, how they score, what each rule makes of them. */
export function VisitorDetail({ sessionId }: { readonly sessionId: string }) {
  const { api, can } = useConsole();
  const load = useCallback(() => api.visitors.get(sessionId), [api, sessionId]);
  const { data, error, reload } = useLoad(load);
  const mayInvite =
    can('visitor:invite') &&
    data?.online === true &&
    data.conversationId === undefined &&
    data.invite?.state !== 'shown';
  return (
    <Scene
      title={visitorName(sessionId)}
      actions={
        <>
          <Button variant="default" onClick={reload}>
            Read again
          </Button>
          {mayInvite && <InviteButton sessionId={sessionId} onInvited={reload} />}
        </>
      }
    >
      <p className={styles.backRow}>
        <Link to={['visitors']} className={styles.link}>
          <IconArrowLeft size={15} aria-hidden /> All visitors
        </Link>
      </p>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Loading the visitor" />}
      {data && (
        <>
          <About visitor={data} />
          <WhyNot sessionId={sessionId} />
          <Pages visitor={data} />
        </>
      )}
    </Scene>
  );
}

function About({ visitor }: { readonly visitor: WireVisitorDetail }) {
  const { utm, events, fields } = visitor;
  const campaign = Object.entries(utm).map(([key, value]) => `${key} ${value}`);
  const tracked = events.map(
    ({ name, count, last }) => `${name} ×${count}${last === undefined ? '' : ` (${last})`}`,
  );
  return (
    <Panel>
      <dl className={styles.facts}>
        <Fact label="Now">
          <StateBadge visitor={visitor} />
        </Fact>
        <Fact label="Since">{formatDateTime(visitor.startedAt)}</Fact>
        <Fact label="Device">{[visitor.device, visitor.browser, visitor.os].join(', ')}</Fact>
        <Fact label="Language">{visitor.language ?? '–'}</Fact>
        <Fact label="Visits">{visitor.visits}</Fact>
        <Fact label="Came from">{visitor.referrer ?? '–'}</Fact>
        <Fact label="Campaign">{campaign.join(', ') || '–'}</Fact>
        <Fact label="Events">{tracked.join(', ') || '–'}</Fact>
        <Fact label="Score">
          {visitor.score}
          {visitor.scoreParts.length > 0 &&
            ` (${visitor.scoreParts.map(({ name, points }) => `${name} ${points > 0 ? '+' : ''}${points}`).join(', ')})`}
        </Fact>
        {Object.entries(fields).map(([key, value]) => (
          <Fact key={key} label={key}>
            {value}
            {visitor.verifiedFields.includes(key) && <span className={styles.quiet}> (verified)</span>}
          </Fact>
        ))}
      </dl>
    </Panel>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Pages({ visitor }: { readonly visitor: WireVisitorDetail }) {
  return (
    <Panel title="Pages">
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {visitor.pages.toReversed().map(({ at, url, title, scrollDepth }) => (
            <Table.Tr key={`${at} ${url}`}>
              <Table.Td>{formatTime(at)}</Table.Td>
              <Table.Td>
                {title ?? ''}
                <div className={styles.quiet}>{url}</div>
              </Table.Td>
              <Table.Td>{scrollDepth === undefined ? '' : `${scrollDepth} % seen`}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function InviteButton(props: { readonly sessionId: string; readonly onInvited: () => void }) {
  const live = useLive();
  const [open, setOpen] = useState(false);
  const [message, setMessage] = useState('');
  const invite = async (): Promise<void> => {
    if (!(await attempt(() => live.invite(props.sessionId, message.trim())))) return;
    showDone('The invitation is on its way.');
    setOpen(false);
    props.onInvited();
  };
  return (
    <>
      <Button leftSection={<IconMessagePlus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        Invite
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title="Invite to a chat">
        <Textarea
          label="Message"
          description="It opens the chat when the visitor accepts."
          autosize
          minRows={3}
          maxLength={LIMITS.inviteLength}
          data-autofocus
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setOpen(false)}>
            Cancel
          </Button>
          <Button disabled={message.trim() === ''} onClick={() => void invite()}>
            Send
          </Button>
        </Group>
      </Modal>
    </>
  );
}
