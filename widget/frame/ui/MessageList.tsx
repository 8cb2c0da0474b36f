import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ChatState } from '../core/state.ts';
import { conversationOf } from '../core/state.ts';
import type { StoredLine, Timeline } from '../core/timeline.ts';
import { useLanguage } from './hooks.ts';
import { PendingMessage } from './PendingMessage.tsx';
import { RichText } from './RichText.tsx';
import { StoredMessage } from './StoredMessage.tsx';

/** This near the end, a reader is following and new lines scroll into view. */
const FOLLOWING_PX = 80;

interface MessageListProps {
  readonly chat: ChatState;
  readonly greeting: string;
  onRetry(clientId: string): void;
  openFile(fileId: string): Promise<Blob | undefined>;
  onDiscard(clientId: string): void;
}

function scrollToEnd(element: HTMLElement): void {
  element.scrollTop = element.scrollHeight;
}

/** Keeps the end in view for a reader who is at the end (also when the foot grows), and after every own line. */
function useFollow({ stored, pending }: Timeline, extra: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const ownCount = useRef(0);
  const own = pending.length + stored.filter((line) => line.from.kind === 'visitor').length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line may move the end
  useLayoutEffect(() => {
    if (box.current !== null && (following.current || own > ownCount.current)) scrollToEnd(box.current);
    ownCount.current = own;
  }, [stored, pending, extra, own]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (following.current) scrollToEnd(element);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onScroll = () => {
    const element = box.current;
    if (element === null) return;
    following.current = element.scrollHeight - element.scrollTop - element.clientHeight < FOLLOWING_PX;
  };
  return { box, onScroll };
}

function sameSpeaker(a: StoredLine | undefined, b: StoredLine | undefined): boolean {
  return a?.from.kind === b?.from.kind && a?.from.id === b?.from.id && a?.kind === b?.kind;
}

function TypingLine({ name }: { name: string | undefined }): VNode {
  const { t } = useLanguage();
  return (
    <div class="line other typing" data-testid="typing">
      <div class="bubble">
        <span class="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        <span class="visually-hidden">{t('isTyping', { name: name ?? t('agent') })}</span>
      </div>
    </div>
  );
}

export function MessageList({ chat, greeting, onRetry, onDiscard, openFile }: MessageListProps): VNode {
  const { t } = useLanguage();
  const { stored, pending } = chat.timeline;
  const { box, onScroll } = useFollow(chat.timeline, chat.agentTyping);
  const lastOwn = stored.findLast((line) => line.from.kind === 'visitor');
  return (
    <div
      ref={box}
      class="messages"
      role="log"
      aria-live="off"
      aria-label={t('messages')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      onScroll={onScroll}
    >
      <ol>
        {greeting !== '' && (
          <li class="line other greeting">
            <div class="bubble">
              <RichText text={greeting} />
            </div>
          </li>
        )}
        {stored.map((line, index) => (
          <StoredMessage
            key={line.seq}
            line={line}
            first={!sameSpeaker(stored[index - 1], line)}
            last={!sameSpeaker(line, stored[index + 1])}
            openFile={openFile}
            seen={line === lastOwn ? line.seq <= chat.seenSeq : undefined}
          />
        ))}
        {pending.map((line) => (
          <PendingMessage
            key={line.clientId}
            line={line}
            online={chat.connection === 'online'}
            onRetry={conversationOf(chat)?.status === 'closed' ? undefined : () => onRetry(line.clientId)}
            onDiscard={() => onDiscard(line.clientId)}
          />
        ))}
      </ol>
      {chat.agentTyping && <TypingLine name={conversationOf(chat)?.agent?.name} />}
    </div>
  );
}
