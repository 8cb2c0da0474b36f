import type { WireInvite } from '../../../shared/protocol/index.ts';
import type { Ask } from './link.ts';
import { isOpen, openInvite, welcomingInvite } from './state.ts';
import type { ChatStore } from './store.ts';

/** The invitation that stands, and the visitor's answer to it. */
export interface Invitation {
  /** The one that a chat which begins now comes from. */
  readonly inviteId: string | undefined;
  /** The server invites, or says it again after a break. */
  received(invite: WireInvite): void;
  /** It no longer stands: answered in another tab, or overtaken by a chat. */
  withdrawn(inviteId: string): void;
  /** Takes it: its message greets the visitor in the open panel until a chat begins. */
  accept(): void;
  /** Puts it away. */
  dismiss(): void;
  /** Tells what could not be told while the connection was broken. */
  flush(): void;
}

export function createInvitation({ store, ask }: { store: ChatStore; ask: Ask }): Invitation {
  const untold = new Map<string, boolean>();

  const tell = async (inviteId: string, accepted: boolean) => {
    untold.delete(inviteId);
    const answer = await ask('invite:answer', { inviteId, accepted });
    if (answer === undefined) untold.set(inviteId, accepted);
  };
  const answer = (accepted: boolean) => {
    const invite = openInvite(store.state);
    if (invite === undefined) return;
    store.update({ invitation: { invite, answer: accepted ? 'taken' : 'dismissed' } });
    void tell(invite.inviteId, accepted);
  };

  return {
    get inviteId() {
      return welcomingInvite(store.state)?.inviteId;
    },
    received: (invite) => {
      const inChat = store.conversation !== undefined && isOpen(store.state);
      const known = store.state.invitation?.invite.inviteId === invite.inviteId;
      if (!inChat && !known) store.update({ invitation: { invite, answer: 'open' } });
    },
    withdrawn: (inviteId) => {
      if (openInvite(store.state)?.inviteId === inviteId) store.update({ invitation: undefined });
    },
    accept: () => answer(true),
    dismiss: () => answer(false),
    flush: () => {
      for (const [inviteId, accepted] of [...untold]) void tell(inviteId, accepted);
    },
  };
}
