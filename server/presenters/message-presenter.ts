import type { SentMessage, WireFile, WireMessage } from '../../shared/protocol/index.ts';
import type { Redacted } from '../domain/index.ts';
import { iso } from './iso.ts';

type MessageContent = Pick<
  Redacted,
  'id' | 'conversationId' | 'clientId' | 'from' | 'kind' | 'at' | 'redacted'
> & { readonly text: string; readonly file?: WireFile };

/** A message as its readers see it; the sender's own sockets also get its client id. */
export function presentMessage(
  message: MessageContent,
  seq: number,
  view: { readonly toSender: boolean },
): WireMessage {
  return {
    id: message.id,
    conversationId: message.conversationId,
    seq,
    ...(view.toSender && { clientId: message.clientId }),
    from: message.from,
    kind: message.kind,
    text: message.text,
    at: iso(message.at),
    redacted: message.redacted,
    ...(message.file !== undefined && { file: message.file }),
  };
}

/** The answer to whoever sent it. */
export function presentSent(
  content: Pick<Redacted, 'id' | 'at' | 'text' | 'redacted' | 'removed' | 'file'>,
  seq: number,
): SentMessage {
  const { id, at, text, redacted, removed, file } = content;
  const sent = { id, seq, at: iso(at), text, redacted, removed };
  return { ...sent, ...(file !== undefined && { file }) };
}
