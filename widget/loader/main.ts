import type { Engage } from '../bridge/engage.ts';
import type { ToFrame, ToPage } from '../bridge/messages.ts';
import type { CommandArguments } from './commands.ts';
import { createListeners, runCommand } from './commands.ts';
import { createFrameHost } from './frame-host.ts';
import { watchPage } from './page-watch.ts';
import type { ScriptSettings } from './script-settings.ts';
import { readScriptSettings } from './script-settings.ts';

/** An async script may run before there is a body to hold the frame. */
function whenBodyIsThere(run: () => void): void {
  if (document.body !== null) run();
  else document.addEventListener('DOMContentLoaded', run, { once: true });
}

function start(settings: ScriptSettings, early: readonly CommandArguments[]): void {
  const listeners = createListeners();
  const engage: Engage = (...command) => {
    if (engage.live === true) runCommand(command, targets);
  };
  const onPageMessage = (message: ToPage) => {
    if (message.type === 'event') listeners.emit(message.event, message.detail);
  };
  const host = createFrameHost(settings, { onMessage: onPageMessage });
  const stopWatching = watchPage(host.send);
  const targets = {
    listeners,
    send: (message: ToFrame) => {
      if (message.type === 'command' && message.command === 'open') host.focus();
      host.send(message);
    },
    destroy: () => {
      engage.live = false;
      stopWatching();
      host.close();
    },
  };
  engage.live = true;
  // A page may have kept its stub: what that pushes later still arrives.
  engage.q = { push: (command) => engage(...Array.from(command)) };
  window.Engage = engage;
  for (const command of early) engage(...command);
}

function boot(): void {
  const settings = readScriptSettings(document);
  const stub = window.Engage;
  if (settings === undefined || stub?.live === true) return;
  whenBodyIsThere(() => {
    if (window.Engage?.live === true) return;
    const queue: unknown = window.Engage?.q;
    const early = Array.isArray(queue)
      ? queue.map((command) => Array.from(command as ArrayLike<unknown>))
      : [];
    start(settings, early);
  });
}

boot();
