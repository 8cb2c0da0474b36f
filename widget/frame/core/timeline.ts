import type {
  ErrorCode,
  MessageUpdate,
  RemovedData,
  SentMessage,
  WireMessage,
} from '../../../shared/protocol/index.ts';

/** A line that the server has stored. */
export interface StoredLine extends WireMessage {
  /** What redaction took out of an own line; known only to the client that sent it. */
  readonly removed?: readonly RemovedData[];
}

/** An own line that the server has not acknowledged. */
export interface PendingLine {
  readonly clientId: string;
  /** What was written, or the name of the file. */
  readonly text: string;
  readonly file?: File;
  /** Why the server will not take it as it is; undefined while it is on its way. */
  readonly error?: ErrorCode;
}

/**
 * The lines of one conversation: stored ones in the server's order, each once, then the own ones that are
 * still on their way, in the order they were written.
 */
export interface Timeline {
  readonly stored: readonly StoredLine[];
  readonly pending: readonly PendingLine[];
  /** Every visible line up to this seq is here. */
  readonly completeSeq: number;
}

export const EMPTY_TIMELINE: Timeline = { stored: [], pending: [], completeSeq: 0 };

function bySeq(a: StoredLine, b: StoredLine): number {
  return a.seq - b.seq;
}

function advance(stored: readonly StoredLine[], completeSeq: number): number {
  let complete = completeSeq;
  for (const line of stored) if (line.seq === complete + 1) complete = line.seq;
  return complete;
}

/** Adds stored lines; one that is there already keeps what is known of it and takes the newer text. */
export function mergeStored(timeline: Timeline, lines: readonly StoredLine[]): Timeline {
  if (lines.length === 0) return timeline;
  const known = new Map(timeline.stored.map((line) => [line.seq, line]));
  for (const line of lines) known.set(line.seq, { ...known.get(line.seq), ...line });
  const stored = [...known.values()].sort(bySeq);
  const own = new Set(stored.map((line) => line.clientId));
  const pending = timeline.pending.filter((line) => !own.has(line.clientId));
  return { stored, pending, completeSeq: advance(stored, timeline.completeSeq) };
}

/**
 * Takes the answer to `chat:resume`. It holds every visible line after `afterSeq`, so what is missing
 * between them (notes of the staff have numbers too) is not for us.
 */
export function mergeResumed(timeline: Timeline, messages: readonly WireMessage[]): Timeline {
  const merged = mergeStored(timeline, messages);
  const newest = messages.reduce((seq, message) => Math.max(seq, message.seq), timeline.completeSeq);
  return { ...merged, completeSeq: advance(merged.stored, Math.max(merged.completeSeq, newest)) };
}

/** Whether a line is known that some unknown ones may come before. */
export function hasGap(timeline: Timeline): boolean {
  return (timeline.stored.at(-1)?.seq ?? 0) > timeline.completeSeq;
}

/** Adds an own line to send. */
export function addPending(timeline: Timeline, line: PendingLine): Timeline {
  return { ...timeline, pending: [...timeline.pending, line] };
}

/** Turns an own line into a stored one by the server's answer. */
export function confirmSent(
  timeline: Timeline,
  sent: { conversationId: string; clientId: string; answer: SentMessage },
): Timeline {
  const { conversationId, clientId, answer } = sent;
  const { id, seq, at, text, redacted, removed, file } = answer;
  const from = { kind: 'visitor' } as const;
  return mergeStored(timeline, [
    {
      ...{ id, conversationId, seq, clientId, from, text, at, redacted, removed },
      ...(file === undefined ? { kind: 'text' } : { kind: 'file', file }),
    },
  ]);
}

/** Marks an own line as refused, or (without an error) as on its way again. */
export function markPending(timeline: Timeline, clientId: string, error?: ErrorCode): Timeline {
  const mark = (line: PendingLine): PendingLine => {
    if (line.clientId !== clientId) return line;
    const { error: _before, ...rest } = line;
    return { ...rest, ...(error !== undefined && { error }) };
  };
  return { ...timeline, pending: timeline.pending.map(mark) };
}

/** Forgets an own line that was not sent. */
export function dropPending(timeline: Timeline, clientId: string): Timeline {
  return { ...timeline, pending: timeline.pending.filter((line) => line.clientId !== clientId) };
}

/** Applies a later correction of a stored line's text. */
export function correctStored(timeline: Timeline, update: MessageUpdate): Timeline {
  const correct = (line: StoredLine): StoredLine =>
    line.seq === update.seq ? { ...line, text: update.text, redacted: update.redacted } : line;
  return { ...timeline, stored: timeline.stored.map(correct) };
}

/** Highest seq of the other side's lines; 0 when there are none. */
export function lastOtherSeq(timeline: Timeline): number {
  return timeline.stored.findLast((line) => line.from.kind !== 'visitor')?.seq ?? 0;
}
