import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLanguage } from './hooks.ts';
import { ChatIcon } from './icons.tsx';

interface LauncherProps {
  readonly unread: number;
  onOpen(): void;
}

/** The round button in the corner. It takes the focus back when the panel that had it is closed. */
export function Launcher({ unread, onOpen }: LauncherProps): VNode {
  const { t } = useLanguage();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (document.hasFocus()) button.current?.focus({ preventScroll: true });
  }, []);
  return (
    <button
      ref={button}
      type="button"
      class="launcher"
      aria-label={unread > 0 ? t('launcherUnread', { count: unread }) : t('launcherOpen')}
      onClick={onOpen}
    >
      <ChatIcon />
      {unread > 0 && <span class="badge">{unread > 9 ? '9+' : unread}</span>}
    </button>
  );
}
