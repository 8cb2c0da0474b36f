import { formatTime, shortId, visitorName } from '../../components/common/format.ts';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import type { LiveClient } from '../../live/live-client.ts';
import { type Chat, unreadOf } from '../../live/state.ts';
import styles from './inbox.module.css';

/** The agent's chats, with the last line and what is unread. */
export function ChatList({ live }: { readonly live: LiveClient }) {
  const chats = useStore(live.state, (state) => state.chats);
  const order = useStore(live.state, (state) => state.order);
  const selectedId = useStore(live.state, (state) => state.selectedId);
  return (
    <section aria-labelledby="my-chats" className={styles.list}>
      <h2 id="my-chats" className={styles.listTitle}>
        My chats <span className={styles.count}>{order.length}</span>
      </h2>
      {order.length === 0 && <p className={styles.listEmpty}>You have no chats.</p>}
      <ul className={styles.items}>
        {order.map((id) => {
          const chat = chats[id];
          return (
            chat && (
              <li key={id}>
                <ChatItem chat={chat} selected={id === selectedId} onOpen={() => live.select(id)} />
              </li>
            )
          );
        })}
      </ul>
    </section>
  );
}

function ChatItem(props: { readonly chat: Chat; readonly selected: boolean; readonly onOpen: () => void }) {
  const { chat, selected } = props;
  const { conversation } = chat;
  const unread = unreadOf(chat);
  const last = chat.messages.at(-1);
  return (
    <button
      type="button"
      className={styles.item}
      aria-current={selected || undefined}
      data-unread={unread > 0 || undefined}
      onClick={props.onOpen}
    >
      <VisitorBadge sessionId={conversation.sessionId} online={conversation.visitorOnline} />
      <span className={styles.itemText}>
        <span className={styles.itemTop}>
          <span className={styles.itemName}>{visitorName(conversation.sessionId)}</span>
          <span className={styles.itemTime}>{last ? formatTime(last.at) : ''}</span>
        </span>
        <span className={styles.itemBottom}>
          <span className={styles.snippet}>
            <Snippet chat={chat} />
          </span>
          {unread > 0 && (
            <span className={styles.unread}>
              {unread}
              <span className="visually-hidden"> unread</span>
            </span>
          )}
        </span>
      </span>
    </button>
  );
}

function Snippet({ chat }: { readonly chat: Chat }) {
  const { user } = useConsole();
  const { status, agent } = chat.conversation;
  if (status === 'closed') return <em>Closed</em>;
  if (status === 'queued') return <em>Back in the queue</em>;
  if (agent !== undefined && agent.id !== user.id) return <em>With {agent.name}</em>;
  if (chat.typing !== undefined) return <em className={styles.typingSnippet}>writing…</em>;
  const last = chat.pending.at(-1) ?? chat.messages.at(-1);
  return last === undefined ? <em>No messages yet</em> : last.text;
}

/** A round mark with the end of the session id; its colour stays with the session. */
export function VisitorBadge(props: { readonly sessionId: string; readonly online?: boolean | undefined }) {
  const { sessionId, online } = props;
  return (
    <span className={styles.badge} data-hue={hueOf(sessionId)} aria-hidden>
      {shortId(sessionId, 2)}
      {online !== undefined && <span className={styles.badgeDot} data-online={online || undefined} />}
    </span>
  );
}

const HUES = 6;

function hueOf(sessionId: string): number {
  let sum = 0;
  for (const letter of sessionId) sum += letter.charCodeAt(0);
  return sum % HUES;
}
