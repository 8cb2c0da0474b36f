import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import 'virtual:theme.css';
import './theme/tokens.css';
import './theme/global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createHttp } from './api/http.ts';
import { takeProviderReturn } from './api/provider-return.ts';
import { createSession } from './api/session.ts';
import { createTabSession } from './api/tab-storage.ts';
import { App } from './app.tsx';
import { createPreferences } from './components/shell/preferences.ts';
import { createRouter } from './components/shell/router.ts';

const DUPLICATE_NOTICE =
  'This tab is a copy of another one. Each tab has a session of its own: please sign in here too.';

const tab = createTabSession(sessionStorage);
const session = createSession({
  fetch: (url, init) => fetch(url, init),
  storage: tab.storage,
  now: () => Date.now(),
});
const page = {
  session,
  http: createHttp({
    fetch: (url, init) => fetch(url, init),
    accessToken: (rejected) => session.accessToken(rejected),
  }),
  router: createRouter(window),
  preferences: createPreferences(localStorage),
};

async function restore(): Promise<void> {
  const returned = takeProviderReturn(window);
  if (returned !== undefined) return session.finishProviderSignIn(returned);
  if (await tab.claim()) return session.restore();
  session.state.set({ kind: 'signed-out', notice: DUPLICATE_NOTICE });
}

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App page={page} />
    </StrictMode>,
  );
  void restore();
}
