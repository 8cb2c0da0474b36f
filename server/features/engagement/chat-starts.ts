import type { VisitorEvents } from '../../../shared/protocol/index.ts';
import { type Invitation, originOf, Private, type VisitorPrincipal } from '../../domain/index.ts';
import type { MessagePipeline } from '../../pipeline/message-pipeline.ts';
import type { ConversationStore } from '../../ports/index.ts';
import type { Conversations, NewConversation } from '../conversations/conversations.ts';
import type { DepartmentDirectory } from '../departments/index.ts';
import type { Visitors } from '../visitors/visitors.ts';
import type { Invitations } from './invitations.ts';

export interface ChatStartsDeps {
  readonly conversations: Conversations;
  readonly store: Pick<ConversationStore, 'get'>;
  readonly visitors: Pick<Visitors, 'arrive'>;
  readonly invitations: Invitations;
  readonly pipeline: Pick<MessagePipeline, 'send'>;
  readonly departments: Pick<DepartmentDirectory, 'find'>;
}

/** The beginning of a chat, with the invitation that it comes from. */
export class ChatStarts {
  readonly #deps: ChatStartsDeps;

  constructor(deps: ChatStartsDeps) {
    this.#deps = deps;
  }

  /**
   * Starts the visitor's chat, or answers the one that is open. The invitation's message is the first one of a chat
   * that comes from it, stored before this returns.
   * @throws Refusal `invalid_value` when there is no such invitation, `department.unknown`
   */
  async start(
    visitor: VisitorPrincipal,
    input: Omit<NewConversation, 'engagement' | 'decision'> & { readonly inviteId?: string | undefined },
  ): Promise<VisitorEvents['chat:start']['data']> {
    const { conversations, visitors, invitations } = this.#deps;
    await visitors.arrive(visitor);
    const { prechat, inviteId } = input;
    const invitation = inviteId === undefined ? undefined : invitations.forChat(visitor, inviteId);
    const engagement = invitation && originOf(invitation);
    const decision = invitation && invitations.decisionBehind(visitor.sessionId, invitation);
    const departmentId = input.departmentId ?? (await this.#departmentOf(visitor.accountId, invitation));
    const started = await conversations.start(visitor, { prechat, departmentId, engagement, decision });
    if (invitation !== undefined) await this.#greet(visitor, started.conversationId, invitation);
    invitations.chatBegan(visitor.sessionId, inviteId);
    return started;
  }

  /** A department that was removed since the rule was published, or has nobody, costs nobody their chat: it goes to anyone. */
  async #departmentOf(accountId: string, invitation: Invitation | undefined): Promise<string | undefined> {
    if (invitation?.departmentId === undefined) return undefined;
    const department = await this.#deps.departments.find(accountId, invitation.departmentId);
    return department === undefined || department.members.length === 0 ? undefined : department.id;
  }

  /** Once, however often the start is repeated: the invitation's id is the message's. */
  async #greet(visitor: VisitorPrincipal, conversationId: string, invitation: Invitation): Promise<void> {
    const { accountId } = visitor;
    const conversation = await this.#deps.store.get(accountId, conversationId);
    if (conversation?.engagement?.inviteId !== invitation.id || conversation.status === 'closed') return;
    const { id: clientId, message, from } = invitation;
    await this.#deps.pipeline.send({
      draft: {
        ...{ accountId, conversationId, clientId, kind: 'text', text: new Private(message) },
        from: from === undefined ? { kind: 'bot' } : { kind: 'agent', ...from },
      },
      sender: { kind: 'system' },
    });
  }
}
