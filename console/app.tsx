import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { lazy, Suspense, useState } from 'react';
import type { SignedInUser } from '../shared/protocol/index.ts';
import { Waiting } from './components/common/scene.tsx';
import { useStore } from './components/common/use-store.ts';
import type { PageServices } from './components/shell/page-services.ts';
import { SignInScene } from './scenes/sign-in/sign-in-scene.tsx';
import { theme } from './theme/theme.ts';

/** Loaded while the user types the password, or the session is restored. */
const loadWorkspace = import('./components/shell/workspace.tsx');
const Workspace = lazy(() => loadWorkspace.then((module) => ({ default: module.Workspace })));

const ACCOUNT_KEY = 'engage.console.account';

/**
 * The whole console. The theme's variables and helper classes are in the built style sheet, so that Mantine writes
 * no style element: the page's policy allows none.
 */
export function App({ page }: { readonly page: PageServices }) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <Notifications position="bottom-right" />
      <Gate page={page} />
    </MantineProvider>
  );
}

function Gate({ page }: { readonly page: PageServices }) {
  const state = useStore(page.session.state);
  if (state.kind === 'restoring') return <Waiting label="Opening the console" />;
  if (state.kind === 'signed-out')
    return <SignInScene session={page.session} notice={state.notice} challenge={state.challenge} />;
  return <SignedIn page={page} user={state.user} />;
}

function SignedIn({ page, user }: { readonly page: PageServices; readonly user: SignedInUser }) {
  const [accountId, setAccountId] = useState(() => sessionStorage.getItem(ACCOUNT_KEY));
  const account = user.accounts.find(({ id }) => id === accountId) ?? user.accounts[0];
  const switchAccount = (id: string): void => {
    sessionStorage.setItem(ACCOUNT_KEY, id);
    page.router.navigate();
    setAccountId(id);
  };
  if (account === undefined) {
    return <SignInScene session={page.session} notice="You have no role in any account." />;
  }
  return (
    <Suspense fallback={<Waiting label="Opening the console" />}>
      <Workspace key={account.id} page={page} user={user} account={account} switchAccount={switchAccount} />
    </Suspense>
  );
}
