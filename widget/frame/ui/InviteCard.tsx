import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { WireInvite } from '../../../shared/protocol/index.ts';
import { useLanguage } from './hooks.ts';
import { CloseIcon } from './icons.tsx';

interface InviteCardProps {
  readonly invite: WireInvite;
  /** Who invites when no agent is named. */
  readonly siteTitle: string;
  onAccept(): void;
  onDismiss(): void;
  /** Room that the card takes, in CSS pixels. */
  onHeight(heightPx: number): void;
}

/**
 * An invitation beside the launcher. It neither takes the focus nor covers the page; Escape puts it away while the
 * focus is in it.
 */
export function InviteCard({ invite, siteTitle, onAccept, onDismiss, onHeight }: InviteCardProps): VNode {
  const { t } = useLanguage();
  const card = useRef<HTMLElement>(null);
  const sender = invite.action.from?.name ?? siteTitle;
  useLayoutEffect(() => {
    const element = card.current;
    if (element === null) return;
    const measure = () => onHeight(element.offsetHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [onHeight]);
  return (
    <section
      ref={card}
      class="invite"
      aria-label={t('inviteFrom', { name: sender })}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDismiss();
      }}
    >
      <p class="invite-from">{sender}</p>
      <p class="invite-text">{invite.message}</p>
      <div class="invite-buttons">
        <button type="button" class="button primary" onClick={onAccept}>
          {invite.action.type === 'invite' ? t('inviteAccept') : t('inviteOk')}
        </button>
        <button type="button" class="button plain" onClick={onDismiss}>
          {t('inviteDismiss')}
        </button>
      </div>
      <button type="button" class="invite-close" aria-label={t('inviteClose')} onClick={onDismiss}>
        <CloseIcon />
      </button>
    </section>
  );
}
