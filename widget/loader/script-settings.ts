/** What the pasted script tag says. */
export interface ScriptSettings {
  readonly siteKey: string;
  /** Origin that served the script: the chat's own host. */
  readonly host: string;
}

/**
 * Reads the site key and the host off the script element that runs now. A page that bundles or moves
 * the tag may leave no current script; then the first tag that carries a site key counts.
 */
export function readScriptSettings(document: Document): ScriptSettings | undefined {
  const current = document.currentScript;
  const script =
    current instanceof HTMLScriptElement && current.dataset.siteKey !== undefined
      ? current
      : document.querySelector<HTMLScriptElement>('script[data-site-key][src]');
  const siteKey = script?.dataset.siteKey;
  if (script === null || siteKey === undefined || siteKey === '') return undefined;
  return { siteKey, host: new URL(script.src, document.baseURI).origin };
}
