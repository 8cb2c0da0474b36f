import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { ChatClient } from '../chat-client.ts';
import { paletteOf } from '../colors.ts';
import { openInvite } from '../core/state.ts';
import type { Shell } from '../shell.ts';
import { Announcer } from './Announcer.tsx';
import { LanguageContext, useObserved, useSiteLanguage } from './hooks.ts';
import { InviteCard } from './InviteCard.tsx';
import { Launcher } from './Launcher.tsx';
import { Panel } from './Panel.tsx';

interface AppProps {
  readonly client: ChatClient;
  readonly shell: Shell;
  /** The visitor has done something with the widget. */
  onInteraction(): void;
}

/** Custom properties are set by script, for a strict content policy forbids style attributes. */
function usePalette(primaryColor: string | undefined): void {
  useEffect(() => {
    if (primaryColor === undefined) return;
    const { primary, onPrimary, accent } = paletteOf(primaryColor);
    const { style } = document.documentElement;
    style.setProperty('--primary', primary);
    style.setProperty('--on-primary', onPrimary);
    style.setProperty('--accent', accent);
  }, [primaryColor]);
}

/** Tells the client whether the visitor can see the lines; at once, or a line in between would count as seen. */
function useWatching(client: ChatClient, open: boolean): void {
  useLayoutEffect(() => {
    const tell = () => client.watching(open && document.visibilityState === 'visible');
    tell();
    document.addEventListener('visibilitychange', tell);
    return () => document.removeEventListener('visibilitychange', tell);
  }, [client, open]);
}

export function App({ client, shell, onInteraction }: AppProps): VNode | null {
  const chat = useObserved(client);
  const { open, hidden, compact } = useObserved(shell);
  const [draft, setDraft] = useState('');
  const language = useSiteLanguage(chat.site?.locale);
  const frameTitle = chat.site?.theme.title ?? language.t('frameTitle');
  usePalette(chat.site?.theme.primaryColor);
  useWatching(client, open && !hidden);
  useEffect(() => shell.setTitle(frameTitle), [shell, frameTitle]);

  if (chat.site === undefined || hidden) return null;
  const openByVisitor = () => {
    onInteraction();
    shell.command('open');
  };
  const invite = openInvite(chat);
  const acceptInvite = (opens: boolean) => {
    onInteraction();
    client.invitation.accept();
    if (opens) shell.command('open');
  };
  const dismissInvite = () => {
    onInteraction();
    client.invitation.dismiss();
  };
  return (
    <LanguageContext.Provider value={language}>
      <div
        class={`frame ${compact ? 'compact' : ''} ${chat.site.theme.position}`}
        onPointerDownCapture={open ? onInteraction : undefined}
        onKeyDownCapture={open ? onInteraction : undefined}
      >
        {open ? (
          <Panel
            client={client}
            chat={chat}
            site={chat.site}
            draft={draft}
            onDraft={setDraft}
            onClose={() => shell.command('close')}
          />
        ) : (
          <>
            {invite !== undefined && (
              <InviteCard
                invite={invite}
                siteTitle={chat.site.theme.title}
                onAccept={() => acceptInvite(invite.action.type === 'invite')}
                onDismiss={dismissInvite}
                onHeight={shell.setInviteHeight}
              />
            )}
            <Launcher unread={chat.unread} onOpen={openByVisitor} />
          </>
        )}
        <Announcer chat={chat} />
      </div>
    </LanguageContext.Provider>
  );
}
