import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatState } from '../core/state.ts';
import { conversationOf, openInvite } from '../core/state.ts';
import type { Language } from '../i18n/index.ts';
import { removedText } from '../removed-text.ts';
import { queueText } from './ChatStatus.tsx';
import { endedText } from './ClosedChat.tsx';
import { useLanguage } from './hooks.ts';

/** Lines that were not there before; of a chat just taken up, none. */
function newLines(before: ChatState, after: ChatState, { t }: Language): string[] {
  if (before.timeline.stored.length === 0 && after.timeline.stored.length > 2) return [];
  const last = before.timeline.stored.at(-1)?.seq ?? 0;
  return after.timeline.stored
    .filter(({ seq, from }) => seq > last && from.kind !== 'visitor')
    .map(({ from, text }) => `${from.name ?? t(from.kind === 'system' ? 'system' : 'agent')}: ${text}`);
}

/** What a person who does not see the screen should hear of a change. */
function newsOf(before: ChatState, after: ChatState, language: Language): string[] {
  const { t } = language;
  const news = newLines(before, after, language);
  const known = new Set(
    before.timeline.stored.filter((line) => line.removed !== undefined).map(({ seq }) => seq),
  );
  for (const { seq, removed = [] } of after.timeline.stored) {
    if (removed.length > 0 && !known.has(seq)) news.push(removedText(removed, language));
  }
  if (before.connection === 'online' && after.connection === 'lost') news.push(t('reconnecting'));
  if (before.connection === 'lost' && after.connection === 'online') news.push(t('reconnected'));
  const invite = openInvite(after);
  if (invite !== undefined && invite.inviteId !== openInvite(before)?.inviteId) {
    const name = invite.action.from?.name ?? after.site?.theme.title ?? t('system');
    news.push(`${t('inviteFrom', { name })}: ${invite.message}`);
  }
  const queue = queueText(after, t);
  if (queue !== undefined && queue !== queueText(before, t)) news.push(queue);
  const [was, is] = [conversationOf(before), conversationOf(after)];
  if (is?.status === 'closed' && was?.id === is.id && was.status !== 'closed') {
    news.push(endedText(is.closedBy, t));
  } else if (is?.agent !== undefined && is.agent.name !== was?.agent?.name) {
    news.push(t('chattingWith', { name: is.agent.name }));
  }
  return news;
}

/** The one live region of the widget: polite, so it waits until the reader has finished. */
export function Announcer({ chat }: { chat: ChatState }): VNode {
  const language = useLanguage();
  const before = useRef(chat);
  const [spoken, setSpoken] = useState({ id: 0, text: '' });
  useEffect(() => {
    const news = newsOf(before.current, chat, language);
    before.current = chat;
    if (news.length > 0) setSpoken(({ id }) => ({ id: id + 1, text: news.join('. ') }));
  }, [chat, language]);
  return (
    <div class="visually-hidden" aria-live="polite" data-testid="announcer">
      <p key={spoken.id}>{spoken.text}</p>
    </div>
  );
}
