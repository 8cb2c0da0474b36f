const FLOW_KEY = 'engage.console.provider-flow';
const RETURN_PATH = '/console/signed-in';

/** Keeps what ties the answer of the identity provider to this tab, while the browser is away there. */
export function keepProviderFlow(store: Storage, flow: string): void {
  store.setItem(FLOW_KEY, flow);
}

/**
 * What the identity provider sent the browser back with, as the server wants it; undefined on any other page. The
 * page's address is cleaned at once: a code is good for one use and shall stay in no history.
 */
export function takeProviderReturn(win: Window): object | undefined {
  const { pathname, search } = win.location;
  if (pathname !== RETURN_PATH) return undefined;
  win.history.replaceState(null, '', '/console');
  const given = new URLSearchParams(search);
  const flow = win.sessionStorage.getItem(FLOW_KEY) ?? 'lost';
  win.sessionStorage.removeItem(FLOW_KEY);
  const issuer = given.get('iss');
  return {
    flow,
    // A provider that refuses sends no code: the server then says that the sign-in has ended.
    state: given.get('state') ?? 'lost',
    code: given.get('code') ?? 'none',
    ...(issuer !== null && { issuer }),
  };
}
