import type { ReactNode } from 'react';
import type { WireMessage } from '../../../shared/protocol/index.ts';
import { FileContent } from './file-content.tsx';
import { formatDateTime, formatDay, formatTime, isSameDay } from './format.ts';
import styles from './message-timeline.module.css';
import { RedactedText, removedNote } from './redacted-text.tsx';

/** Lines of one author that follow each other within this time share one heading. */
const GROUP_MS = 3 * 60_000;

/** Messages of a conversation with headings for days and authors. */
export function MessageTimeline(props: {
  readonly messages: readonly WireMessage[];
  readonly visitor: string;
}) {
  return (
    <>
      {props.messages.map((message, index) => (
        <TimelineEntry
          key={message.seq}
          message={message}
          before={props.messages[index - 1]}
          visitor={props.visitor}
        />
      ))}
    </>
  );
}

function TimelineEntry(props: {
  readonly message: WireMessage;
  readonly before: WireMessage | undefined;
  readonly visitor: string;
}) {
  const { message, before, visitor } = props;
  const newDay = before === undefined || !isSameDay(before.at, message.at);
  return (
    <>
      {newDay && <div className={styles.day}>{formatDay(message.at)}</div>}
      {message.from.kind === 'system' || message.kind === 'event' ? (
        <div className={styles.system}>
          {message.text} · <time dateTime={message.at}>{formatTime(message.at)}</time>
        </div>
      ) : (
        <Line
          side={message.from.kind === 'visitor' ? 'visitor' : 'staff'}
          note={message.kind === 'note'}
          heading={newDay || !follows(before, message) ? headingOf(message, visitor) : undefined}
          at={message.at}
          footer={message.redacted > 0 ? removedNote(message.redacted) : undefined}
        >
          {message.file === undefined ? (
            <RedactedText text={message.text} />
          ) : (
            <FileContent conversationId={message.conversationId} file={message.file} name={message.text} />
          )}
        </Line>
      )}
    </>
  );
}

/** One bubble. Notes look unlike anything that the visitor gets. */
export function Line(props: {
  readonly side: 'visitor' | 'staff';
  readonly note: boolean;
  readonly heading?: string | undefined;
  readonly at?: string;
  readonly footer?: ReactNode;
  readonly waiting?: boolean;
  readonly children: ReactNode;
}) {
  const { side, note, at } = props;
  return (
    <div className={styles.line} data-side={side} data-first={props.heading !== undefined || undefined}>
      {props.heading !== undefined && (
        <div className={styles.heading}>
          {props.heading}
          {at !== undefined && (
            <time dateTime={at} title={formatDateTime(at)}>
              {formatTime(at)}
            </time>
          )}
        </div>
      )}
      <div
        className={styles.bubble}
        data-side={side}
        data-note={note || undefined}
        data-own={(side === 'staff' && !note) || undefined}
        data-waiting={props.waiting || undefined}
      >
        {note && <span className="visually-hidden">Note: </span>}
        {props.children}
      </div>
      {props.footer !== undefined && <div className={styles.footer}>{props.footer}</div>}
    </div>
  );
}

function headingOf({ from, kind }: WireMessage, visitor: string): string {
  if (from.kind === 'visitor') return visitor;
  const name = from.name ?? (from.kind === 'bot' ? 'Bot' : 'Agent');
  return kind === 'note' ? `${name} · note, not shown to the visitor` : name;
}

function follows(before: WireMessage | undefined, message: WireMessage): boolean {
  if (before === undefined || before.kind !== message.kind) return false;
  if (before.from.kind !== message.from.kind || before.from.id !== message.from.id) return false;
  return Date.parse(message.at) - Date.parse(before.at) < GROUP_MS;
}
