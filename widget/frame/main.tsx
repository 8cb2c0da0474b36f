import { render } from 'preact';
import { acceptChannel } from '../bridge/channel.ts';
import type { ToFrame } from '../bridge/messages.ts';
import { createChatClient } from './chat-client.ts';
import { createSessionSource } from './core/session-source.ts';
import { createTokenStore } from './core/token-store.ts';
import { createShell } from './shell.ts';
import { createSocketLink } from './socket-link.ts';
import { App } from './ui/App.tsx';

const siteKey = new URLSearchParams(location.search).get('site') ?? '';
const tokens = createTokenStore(siteKey, () => localStorage);
const client = createChatClient({
  openSession: createSessionSource({ siteKey, tokens, fetch: (...request) => fetch(...request) }),
  createLink: createSocketLink,
  fetch: (...request) => fetch(...request),
  newId: () => crypto.randomUUID(),
  random: Math.random,
  onIdentified: (refusal) =>
    shell.announce('identified', {
      accepted: refusal === undefined,
      ...(refusal !== undefined && { code: refusal }),
    }),
});
const shell = createShell(client);

function onPageMessage(message: ToFrame): void {
  switch (message.type) {
    case 'page':
      client.pages.view(message);
      break;
    case 'activity':
      client.pages.activity({
        ...(message.scrollDepth !== undefined && { scrollDepth: message.scrollDepth }),
        ...(message.idle !== undefined && { idle: message.idle }),
      });
      break;
    case 'track':
      client.pages.activity({
        event: { name: message.name, ...(message.value !== undefined && { value: message.value }) },
      });
      break;
    case 'identify':
      client.identity.set(message.fields);
      if (message.identity !== undefined) client.identity.vouch(message.identity);
      break;
    case 'consent':
      tokens.allowKeeping();
      break;
    case 'viewport':
      shell.setCompact(message.compact);
      break;
    case 'command':
      shell.command(message.command);
  }
}

function start(root: HTMLElement): void {
  render(<App client={client} shell={shell} onInteraction={tokens.allowKeeping} />, root);
  client.connect();
}

const root = document.getElementById('app');
if (root !== null && siteKey !== '') {
  acceptChannel({
    window,
    onMessage: onPageMessage,
    onOpen: (channel) => {
      shell.attach(channel.send);
      start(root);
    },
  });
}
