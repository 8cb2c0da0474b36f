import { Anchor, Button } from '@mantine/core';
import { IconArrowDown, IconChecks } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { visitorName } from '../../components/common/format.ts';
import { Line, MessageTimeline } from '../../components/common/message-timeline.tsx';
import { RedactedText } from '../../components/common/redacted-text.tsx';
import { Waiting } from '../../components/common/scene.tsx';
import type { LiveClient } from '../../live/live-client.ts';
import type { Chat, PendingLine } from '../../live/state.ts';
import styles from './inbox.module.css';

/** Lines drawn at first, and more with each "show earlier"; a long chat stays quick. */
const STEP = 150;
/** This close to the end counts as being there, in CSS pixels. */
const NEAR_END_PX = 80;

/** What was said, with what is on its way and what the visitor is doing just now. */
export function MessageLog({ live, chat }: { readonly live: LiveClient; readonly chat: Chat }) {
  const [shown, setShown] = useState(STEP);
  const { ref, atEnd, toEnd, onScroll } = useStickToEnd(chat);
  const messages = chat.messages.slice(-shown);
  const visitor = visitorName(chat.conversation.sessionId);
  return (
    <div className={styles.logFrame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <div ref={ref} className={styles.log} role="log" aria-label="Messages" tabIndex={0} onScroll={onScroll}>
        {!chat.loaded && <Waiting label="Loading messages" />}
        {chat.messages.length > shown && (
          <Button
            variant="subtle"
            size="xs"
            onClick={() => setShown(shown + STEP)}
            className={styles.earlier}
          >
            Show earlier messages
          </Button>
        )}
        <MessageTimeline messages={messages} visitor={visitor} />
        <Seen chat={chat} />
        {chat.pending.map((line) => (
          <Pending key={line.clientId} live={live} id={chat.conversation.id} line={line} />
        ))}
        <Typing chat={chat} visitor={visitor} />
      </div>
      {!atEnd && (
        <Button
          className={styles.toEnd}
          size="xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={toEnd}
        >
          Newest
        </Button>
      )}
    </div>
  );
}

/** Keeps the end in sight while it is in sight; leaves someone who reads further up alone. */
function useStickToEnd(chat: Chat) {
  const ref = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const stick = useRef(true);
  const toEnd = (): void => {
    const log = ref.current;
    if (log !== null) log.scrollTop = log.scrollHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what makes the log grow.
  useLayoutEffect(() => {
    if (stick.current) toEnd();
  }, [chat.messages, chat.pending, chat.typing, chat.visitorSeenSeq]);
  const own = chat.pending.length;
  const formerOwn = useRef(own);
  useEffect(() => {
    if (own > formerOwn.current) toEnd();
    formerOwn.current = own;
  });
  const onScroll = (): void => {
    const log = ref.current;
    if (log === null) return;
    stick.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    setAtEnd(stick.current);
  };
  return { ref, atEnd, toEnd, onScroll };
}

/** Under the agent's last line, when the visitor has seen it and has not answered since. */
function Seen({ chat }: { readonly chat: Chat }) {
  const last = chat.messages.findLast((message) => message.kind === 'text');
  if (last === undefined || last.from.kind === 'visitor' || last.seq > chat.visitorSeenSeq) return null;
  return (
    <div className={styles.seen}>
      <IconChecks size={14} aria-hidden /> Seen
    </div>
  );
}

function Pending(props: { readonly live: LiveClient; readonly id: string; readonly line: PendingLine }) {
  const { live, id, line } = props;
  const footer =
    line.refusal === undefined ? (
      'Sending…'
    ) : (
      <span role="alert" className={styles.refused}>
        Not sent: {line.refusal}{' '}
        <Anchor component="button" size="xs" onClick={() => live.retry(id, line.clientId)}>
          Try again
        </Anchor>{' '}
        <Anchor component="button" size="xs" onClick={() => live.discard(id, line.clientId)}>
          Discard
        </Anchor>
      </span>
    );
  return (
    <Line side="staff" note={line.kind === 'note'} footer={footer} waiting={line.refusal === undefined}>
      {line.text}
    </Line>
  );
}

function Typing({ chat, visitor }: { readonly chat: Chat; readonly visitor: string }) {
  if (chat.typing === undefined) return null;
  const { text } = chat.typing;
  return (
    <div className={styles.typing} aria-live="off">
      <span className={styles.dots} aria-hidden>
        <i />
        <i />
        <i />
      </span>
      {text === '' ? (
        <span>{visitor} is writing…</span>
      ) : (
        <span className={styles.preview}>
          <span className="visually-hidden">{visitor} is writing: </span>
          <RedactedText text={text} />
        </span>
      )}
    </div>
  );
}
