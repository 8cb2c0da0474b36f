import type { Engage } from '../bridge/engage.ts';

/** Collects what the page asks of the chat until the script is there; the script then runs it in order. */
export function installStub(): void {
  const calls: ArrayLike<unknown>[] = [];
  const stub: Engage = (...command) => {
    stub.q?.push(command);
  };
  stub.q = calls;
  window.Engage ??= stub;
}

/** Asks the chat for something. */
export function engage(...command: unknown[]): void {
  window.Engage?.(...command);
}

async function findSiteKey(): Promise<string | undefined> {
  const asked = new URLSearchParams(location.search).get('siteKey');
  if (asked !== null) return asked;
  const response = await fetch('/demo/config.json');
  if (!response.ok) return undefined;
  const config: unknown = await response.json();
  const siteKey = typeof config === 'object' && config !== null ? Reflect.get(config, 'siteKey') : undefined;
  return typeof siteKey === 'string' ? siteKey : undefined;
}

/**
 * Adds the tag that a customer pastes into a page:
 * `<script async src="https://HOST/widget.js" data-site-key="..."></script>`
 */
export async function embedChat(): Promise<void> {
  const siteKey = await findSiteKey();
  if (siteKey === undefined) return;
  const script = document.createElement('script');
  script.async = true;
  script.src = '/widget.js';
  script.dataset.siteKey = siteKey;
  document.head.append(script);
}
