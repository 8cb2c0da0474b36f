import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowForwardUp, IconArrowLeft, IconCheck, IconInfoCircle } from '@tabler/icons-react';
import { type RefObject, useState } from 'react';
import { formatDateTime, visitorName } from '../../components/common/format.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import type { LiveClient } from '../../live/live-client.ts';
import type { Chat } from '../../live/state.ts';
import { VisitorBadge } from './chat-list.tsx';
import { CloseDialog } from './close-dialog.tsx';
import { Composer, type ComposerHandle } from './composer.tsx';
import styles from './inbox.module.css';
import { MessageLog } from './message-log.tsx';
import { TransferDialog } from './transfer-dialog.tsx';
import { Watching } from './watching.tsx';

/** One open chat: who it is, what was said, and where to answer. */
export function Conversation(props: {
  readonly live: LiveClient;
  readonly chat: Chat;
  readonly composer: RefObject<ComposerHandle | null>;
  readonly closing: boolean;
  readonly onClosing: (closing: boolean) => void;
  readonly detailsOpen: boolean;
  readonly onDetails: () => void;
}) {
  const { live, chat } = props;
  const { user } = useConsole();
  const { conversation } = chat;
  const mine = conversation.status === 'active' && conversation.agent?.id === user.id;
  const watching = chat.watched && !mine && conversation.status === 'active';
  const [handingOn, setHandingOn] = useState(false);
  return (
    <>
      <ConversationHeader
        chat={chat}
        mine={mine}
        detailsOpen={props.detailsOpen}
        onBack={() => live.select(undefined)}
        onDetails={props.onDetails}
        onHandOn={() => setHandingOn(true)}
        onClose={() => props.onClosing(true)}
      />
      <MessageLog live={live} chat={chat} />
      {mine && <Composer ref={props.composer} live={live} conversationId={conversation.id} />}
      {watching && <Watching live={live} chat={chat} composer={props.composer} />}
      {!mine && !watching && <Ended live={live} chat={chat} />}
      {handingOn && mine && (
        <TransferDialog live={live} conversation={conversation} onClose={() => setHandingOn(false)} />
      )}
      <CloseDialog
        live={live}
        conversation={conversation}
        opened={props.closing && mine}
        onClose={() => props.onClosing(false)}
      />
    </>
  );
}

function ConversationHeader(props: {
  readonly chat: Chat;
  readonly mine: boolean;
  readonly detailsOpen: boolean;
  readonly onBack: () => void;
  readonly onDetails: () => void;
  readonly onHandOn: () => void;
  readonly onClose: () => void;
}) {
  const { conversation } = props.chat;
  return (
    <header className={styles.header}>
      <ActionIcon
        className={styles.back}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label="Back to the list"
        onClick={props.onBack}
      >
        <IconArrowLeft size={20} />
      </ActionIcon>
      <VisitorBadge sessionId={conversation.sessionId} online={conversation.visitorOnline} />
      <div className={styles.headerText}>
        <h2 className={styles.headerName}>{visitorName(conversation.sessionId)}</h2>
        <p className={styles.headerAbout}>
          {conversation.caseId} · since {formatDateTime(conversation.startedAt)}
        </p>
      </div>
      <Tooltip label="Visitor details (d)">
        <ActionIcon
          className={styles.detailsButton}
          variant={props.detailsOpen ? 'light' : 'subtle'}
          color={props.detailsOpen ? 'tide' : 'gray'}
          size="lg"
          aria-label="Visitor details"
          aria-expanded={props.detailsOpen}
          onClick={props.onDetails}
        >
          <IconInfoCircle size={20} />
        </ActionIcon>
      </Tooltip>
      {props.mine && (
        <>
          <Button
            variant="default"
            size="sm"
            leftSection={<IconArrowForwardUp size={16} aria-hidden />}
            onClick={props.onHandOn}
          >
            Hand on
          </Button>
          <Button
            variant="default"
            size="sm"
            leftSection={<IconCheck size={16} aria-hidden />}
            onClick={props.onClose}
          >
            Close chat
          </Button>
        </>
      )}
    </header>
  );
}

/** The chat is no longer this agent's to answer: says why, and offers to clear it away. */
function Ended({ live, chat }: { readonly live: LiveClient; readonly chat: Chat }) {
  const { conversation } = chat;
  const reasons = {
    closed: conversation.closedBy === 'visitor' ? 'The visitor has ended this chat.' : 'This chat is closed.',
    queued: 'This chat went back to the queue.',
    active: `This chat is with ${conversation.agent?.name ?? 'another agent'} now.`,
  };
  return (
    <div className={styles.ended}>
      <span>
        {reasons[conversation.status]}
        {conversation.rating !== undefined && ` The visitor rated it ${conversation.rating} of 5.`}
      </span>
      <Button size="sm" variant="light" onClick={() => live.putAway(conversation.id)}>
        Put away
      </Button>
    </div>
  );
}
