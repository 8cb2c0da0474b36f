import type { VNode } from 'preact';
import type { ChatState } from '../core/state.ts';
import type { Translate } from '../i18n/index.ts';
import { useLanguage } from './hooks.ts';

/** Where the visitor stands while nobody has answered yet; undefined when there is nothing to say. */
export function queueText({ phase, site }: ChatState, t: Translate): string | undefined {
  if (phase.name === 'starting') return phase.error === undefined ? t('starting') : undefined;
  if (phase.name !== 'chat' || phase.conversation.status !== 'queued') return undefined;
  // Nobody is there to be waited for; a place in line would raise hopes.
  if (site?.online === false) return t('offlineThanks');
  const { queuePosition, estimatedWaitMs } = phase.conversation;
  const place =
    queuePosition === undefined
      ? t('queueWaiting')
      : queuePosition <= 1
        ? t('queueNext')
        : t('queuePosition', { position: queuePosition });
  if (estimatedWaitMs === undefined) return place;
  return `${place}. ${t('queueEstimate', { minutes: Math.max(1, Math.ceil(estimatedWaitMs / 60_000)) })}`;
}

export function ChatStatus({ chat }: { chat: ChatState }): VNode | null {
  const { t } = useLanguage();
  const text = chat.ending ? t('ending') : queueText(chat, t);
  if (text === undefined) return null;
  return (
    <div class="status" data-testid="status">
      {(chat.ending || chat.site?.online !== false) && <span class="spinner" aria-hidden="true" />}
      <span>{text}</span>
    </div>
  );
}
