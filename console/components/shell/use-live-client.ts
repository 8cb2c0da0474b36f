import { useEffect, useState } from 'react';
import type { SignedInUser } from '../../../shared/protocol/index.ts';
import { randomId } from '../../api/tab-storage.ts';
import { LiveClient } from '../../live/live-client.ts';
import { createSocketLink } from '../../live/socket-link.ts';
import { hasUnsent, type PresenceIntent } from '../../live/state.ts';
import { createAlerter } from './alerter.ts';
import type { PageServices } from './page-services.ts';

interface Who {
  readonly page: PageServices;
  readonly user: SignedInUser;
  readonly account: SignedInUser['accounts'][number];
}

/** The live side of the account, for those who handle conversations; it ends with the component. */
export function useLiveClient({ page, user, account }: Who): LiveClient | undefined {
  const [live, setLive] = useState<LiveClient>();
  const handles = account.authorizations.includes('conversation:handle');
  const { id: userId, name } = user;
  const { id: accountId } = account;
  useEffect(() => {
    if (!handles) return;
    const alerter = createAlerter(page.preferences, (id) => {
      page.router.navigate('inbox');
      client.select(id);
    });
    const client = new LiveClient({
      link: createSocketLink({ accountId, accessToken: (rejected) => page.session.accessToken(rejected) }),
      me: { id: userId, name },
      newClientId: randomId,
      now: () => new Date(),
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
      alert: (alert) => alerter.alert(alert),
      ...intentOf(`engage.console.presence:${userId}:${accountId}`),
    });
    const stopWatching = watchAttention(client);
    const stopWarning = warnBeforeLeaving(client);
    client.start();
    setLive(client);
    return () => {
      stopWatching();
      stopWarning();
      alerter.close();
      client.close();
      setLive(undefined);
    };
  }, [page, userId, name, accountId, handles]);
  return live;
}

/** A message counts as seen only while the page is visible and has the focus. */
function watchAttention(client: LiveClient): () => void {
  const look = (): void => client.setAttentive(document.visibilityState === 'visible' && document.hasFocus());
  window.addEventListener('focus', look);
  window.addEventListener('blur', look);
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    window.removeEventListener('focus', look);
    window.removeEventListener('blur', look);
    document.removeEventListener('visibilitychange', look);
  };
}

/** Lines that the server does not have yet live in this page only: the browser asks before it is left. */
function warnBeforeLeaving(client: LiveClient): () => void {
  const warn = (event: BeforeUnloadEvent): void => {
    if (hasUnsent(client.state.get())) event.preventDefault();
  };
  window.addEventListener('beforeunload', warn);
  return () => window.removeEventListener('beforeunload', warn);
}

/** The tab's choice of presence survives a reload of the page, and no longer. */
function intentOf(key: string): {
  intent: PresenceIntent | undefined;
  saveIntent: (intent: PresenceIntent) => void;
} {
  const kept = sessionStorage.getItem(key);
  return {
    intent: kept === null ? undefined : (JSON.parse(kept) as PresenceIntent),
    saveIntent: (intent) => sessionStorage.setItem(key, JSON.stringify(intent)),
  };
}
