import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ChatClient } from '../chat-client.ts';
import type { ChatState, SiteInfo } from '../core/state.ts';
import { conversationOf, welcomingInvite } from '../core/state.ts';
import { acceptOf } from '../core/uploads.ts';
import { ChatStatus } from './ChatStatus.tsx';
import { ClosedChat } from './ClosedChat.tsx';
import { Composer } from './Composer.tsx';
import { ConfirmEnd } from './ConfirmEnd.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { Header } from './Header.tsx';
import { MessageList } from './MessageList.tsx';
import { OfflineForm } from './OfflineForm.tsx';
import { PrechatForm } from './PrechatForm.tsx';

interface PanelProps {
  readonly client: ChatClient;
  readonly chat: ChatState;
  readonly site: SiteInfo;
  readonly draft: string;
  onDraft(text: string): void;
  onClose(): void;
}

/** What the visitor can do at the foot of the panel now. */
function Foot({ client, chat, site, draft, onDraft }: Omit<PanelProps, 'onClose'>): VNode {
  const conversation = conversationOf(chat);
  if (conversation === undefined && !site.online && chat.phase.name === 'none') {
    return <OfflineForm onSubmit={client.leaveMessage} />;
  }
  const prechatNeeded = conversation === undefined && site.prechat.length > 0;
  if (prechatNeeded && chat.timeline.pending.length === 0) {
    return <PrechatForm phase={chat.phase} fields={site.prechat} onSubmit={client.startChat} />;
  }
  if (conversation?.status === 'closed') {
    return (
      <ClosedChat
        conversation={conversation}
        rating={chat.rating}
        onRate={client.rate}
        onNewChat={client.newChat}
      />
    );
  }
  const write = (text: string) => {
    onDraft(text);
    client.composing(text);
  };
  const send = (text: string) => {
    onDraft('');
    client.send(text);
  };
  const { attachments } = site;
  const takesFiles = conversation !== undefined && attachments.enabled;
  const files = takesFiles ? { accept: acceptOf(attachments), onFile: client.sendFile } : undefined;
  return <Composer draft={draft} onDraft={write} onSend={send} files={files} />;
}

export function Panel({ client, chat, site, draft, onDraft, onClose }: PanelProps): VNode {
  const [confirming, setConfirming] = useState(false);
  const conversation = conversationOf(chat);
  const mayEnd = conversation !== undefined && conversation.status !== 'closed' && !chat.ending;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !confirming) onClose();
  };
  return (
    <div class="panel" role="dialog" aria-label={site.theme.title} onKeyDown={onKeyDown}>
      <Header
        site={site}
        agentName={conversation?.status === 'active' ? conversation.agent?.name : undefined}
        onEnd={mayEnd ? () => setConfirming(true) : undefined}
        onClose={onClose}
      />
      <ConnectionBanner connection={chat.connection} />
      <MessageList
        chat={chat}
        greeting={welcomingInvite(chat)?.message ?? site.theme.greeting}
        onRetry={client.retry}
        openFile={client.openFile}
        onDiscard={client.discard}
      />
      <ChatStatus chat={chat} />
      <Foot client={client} chat={chat} site={site} draft={draft} onDraft={onDraft} />
      {confirming && mayEnd && (
        <ConfirmEnd
          onCancel={() => setConfirming(false)}
          onConfirm={() => {
            setConfirming(false);
            client.endChat();
          }}
        />
      )}
    </div>
  );
}
