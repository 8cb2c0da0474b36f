import type { Command, EventDetail, FrameView, PublicEvent, ToPage } from '../bridge/messages.ts';
import type { ChatClient } from './chat-client.ts';
import type { ChatState } from './core/state.ts';
import { conversationOf, openInvite } from './core/state.ts';

/** How the widget stands in the page. */
export interface ShellState {
  readonly open: boolean;
  /** Taken away by the page with `Engage('hide')`. */
  readonly hidden: boolean;
  /** The page is so small that the chat covers it. */
  readonly compact: boolean;
}

/** The widget's outside: what the page sees of it, and what it may ask. */
export interface Shell {
  readonly state: ShellState;
  subscribe(listener: (state: ShellState) => void): () => void;
  command(command: Command): void;
  setCompact(compact: boolean): void;
  /** Room that an invitation takes, in CSS pixels. */
  setInviteHeight(heightPx: number): void;
  /** Accessible name of the frame, in the language of the moment. */
  setTitle(title: string): void;
  /** From now on the page is told of all this. */
  attach(toPage: (message: ToPage) => void): void;
  /** Tells the page's own listeners. */
  announce(event: PublicEvent, detail: EventDetail): void;
}

function viewOf(shell: ShellState, chat: ChatState): FrameView {
  if (shell.hidden || chat.site === undefined || chat.connection === 'refused') return 'hidden';
  if (shell.open) return 'panel';
  return openInvite(chat) === undefined ? 'launcher' : 'invite';
}

/** What a page may learn from the difference of two states. */
function newsOf(before: ChatState, after: ChatState): (readonly [PublicEvent, EventDetail])[] {
  const news: (readonly [PublicEvent, EventDetail])[] = [];
  const [was, is] = [conversationOf(before), conversationOf(after)];
  if (before.site === undefined && after.site !== undefined) news.push(['ready', {}]);
  if (is !== undefined && is.id !== was?.id) news.push(['chat:started', { conversationId: is.id }]);
  if (is?.status === 'closed' && was?.status !== 'closed')
    news.push(['chat:ended', { conversationId: is.id }]);
  if (before.unread !== after.unread) news.push(['unread', { count: after.unread }]);
  news.push(...inviteNewsOf(before, after));
  return news;
}

/** How the invitation's state has changed, if it has. */
function inviteNewsOf(before: ChatState, after: ChatState): (readonly [PublicEvent, EventDetail])[] {
  const [was, is] = [before.invitation, after.invitation];
  const same = was?.invite.inviteId === is?.invite.inviteId && was?.answer === is?.answer;
  if (is === undefined || same) return [];
  const { inviteId, ruleId } = is.invite;
  return [[INVITE_EVENTS[is.answer], { inviteId, ruleId }]];
}

const INVITE_EVENTS = {
  open: 'invite:shown',
  taken: 'invite:accepted',
  dismissed: 'invite:dismissed',
} as const;

export function createShell(client: ChatClient): Shell {
  let state: ShellState = { open: false, hidden: false, compact: false };
  let chat = client.state;
  let title = 'Chat';
  let inviteHeightPx = 0;
  let sentLayout = '';
  let toPage: ((message: ToPage) => void) | undefined;
  const listeners = new Set<(state: ShellState) => void>();

  const announce = (event: PublicEvent, detail: EventDetail) => toPage?.({ type: 'event', event, detail });
  const layout = () => {
    const position = chat.site?.theme.position ?? 'right';
    const view = viewOf(state, chat);
    const message: ToPage = {
      ...{ type: 'layout', view, position, title },
      ...(view === 'invite' && { heightPx: inviteHeightPx }),
    };
    const encoded = JSON.stringify(message);
    if (toPage === undefined || encoded === sentLayout) return;
    sentLayout = encoded;
    toPage(message);
  };
  const update = (change: Partial<ShellState>) => {
    state = { ...state, ...change };
    layout();
    for (const listener of [...listeners]) listener(state);
  };
  const setOpen = (open: boolean) => {
    if (state.open === open) return;
    update({ open });
    announce(open ? 'open' : 'close', {});
  };
  client.subscribe((next) => {
    const news = newsOf(chat, next);
    chat = next;
    layout();
    for (const [event, detail] of news) announce(event, detail);
  });

  return {
    get state() {
      return state;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    command: (command) => {
      if (command === 'show' || command === 'hide') update({ hidden: command === 'hide' });
      else setOpen(command === 'open');
    },
    setCompact: (compact) => update({ compact }),
    setInviteHeight: (heightPx) => {
      inviteHeightPx = heightPx;
      layout();
    },
    setTitle: (next) => {
      title = next;
      layout();
    },
    attach: (send) => {
      toPage = send;
      layout();
      if (chat.site !== undefined) announce('ready', {});
    },
    announce,
  };
}
