import type { VNode } from 'preact';
import type { PendingLine } from '../core/timeline.ts';
import type { StringKey } from '../i18n/index.ts';
import { useLanguage } from './hooks.ts';
import { WarningIcon } from './icons.tsx';

interface PendingMessageProps {
  readonly line: PendingLine;
  readonly online: boolean;
  /** Undefined when the line can no longer be sent. */
  readonly onRetry: (() => void) | undefined;
  onDiscard(): void;
}

function reasonOf(error: PendingLine['error']): StringKey {
  if (error === 'conversation.closed') return 'notSentClosed';
  if (error === 'payload_too_large') return 'notSentFileLarge';
  if (error === 'attachment.limit') return 'notSentFileLimit';
  if (error?.startsWith('attachment.') === true) return 'notSentFile';
  return error === 'message.too_long' ? 'notSentTooLong' : 'notSent';
}

export function PendingMessage({ line, online, onRetry, onDiscard }: PendingMessageProps): VNode {
  const { t } = useLanguage();
  const failed = line.error !== undefined;
  return (
    <li class={`line own last ${failed ? 'failed' : 'sending'}`}>
      <span class="visually-hidden">{t('you')}</span>
      <div class="bubble">{line.text}</div>
      {failed ? (
        <div class="failure">
          <span class="failure-text">
            <WarningIcon /> {t(reasonOf(line.error))}
          </span>
          {onRetry !== undefined && (
            <button type="button" class="link" onClick={onRetry}>
              {t('retry')}
            </button>
          )}
          <button type="button" class="link" onClick={onDiscard}>
            {t('discard')}
          </button>
        </div>
      ) : (
        <p class="meta">{t(online ? 'sending' : 'waiting')}</p>
      )}
    </li>
  );
}
