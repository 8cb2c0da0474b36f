import { LIMITS } from '../../shared/limits.ts';
import { type Admitted, type Conversation, type Draft, Refusal } from '../domain/index.ts';

/** Who wants to write, as the edge knows them. */
export type Sender =
  | { readonly kind: 'visitor'; readonly sessionId: string }
  | { readonly kind: 'agent'; readonly agentId: string }
  /** The server itself; what it says is the account's own text, or what an agent said when they invited. */
  | { readonly kind: 'system' };

/**
 * Lets a message in: the sender belongs to the conversation, the conversation is open, the text has a
 * fitting length. Gives it the server's time.
 * @throws Refusal `not_found`, `forbidden`, `conversation.closed`, `message.too_long`, `invalid_value`
 */
export function admit(
  draft: Draft,
  conversation: Conversation,
  by: { readonly sender: Sender; readonly now: number; readonly maxLength: number },
): Admitted {
  assertParty(conversation, by.sender, draft.kind);
  if (conversation.status === 'closed' && draft.kind !== 'note') throw new Refusal('conversation.closed');
  assertFitting(draft.text, by.maxLength);
  return { ...draft, at: by.now } as Admitted;
}

/** @throws Refusal `message.too_long`, `invalid_value` */
export function assertFitting(text: Draft['text'], maxLength: number = LIMITS.messageLength): void {
  if (text.reveal().length > maxLength) throw new Refusal('message.too_long');
  if (text.reveal().trim() === '') {
    throw new Refusal('invalid_value', { errors: [{ path: 'text', message: 'must not be blank' }] });
  }
}

/**
 * A visitor writes in their own conversations, an agent in those that are theirs. Who may leave a note is for
 * `StaffNotes` to say.
 * @throws Refusal `not_found`, `forbidden`
 */
export function assertParty(conversation: Conversation, sender: Sender, kind: Draft['kind'] = 'text'): void {
  if (sender.kind === 'system') return;
  if (sender.kind === 'visitor') {
    if (conversation.sessionId !== sender.sessionId) throw new Refusal('not_found');
    return;
  }
  if (kind === 'note') return;
  if (conversation.status === 'queued' || conversation.agentId !== sender.agentId) {
    throw new Refusal('forbidden', { detail: 'Accept the conversation first: it is not yours.' });
  }
}
