import type { VNode } from 'preact';
import type { SiteInfo } from '../core/state.ts';
import { useLanguage } from './hooks.ts';
import { CloseIcon } from './icons.tsx';

interface HeaderProps {
  readonly site: SiteInfo;
  readonly agentName: string | undefined;
  /** Undefined when there is nothing to end. */
  readonly onEnd: (() => void) | undefined;
  onClose(): void;
}

export function Header({ site, agentName, onEnd, onClose }: HeaderProps): VNode {
  const { t } = useLanguage();
  const available = site.online ? t('online') : t('away');
  return (
    <header class="header">
      <div class="header-text">
        <h1>{site.theme.title}</h1>
        <p>{agentName === undefined ? available : t('chattingWith', { name: agentName })}</p>
      </div>
      {onEnd !== undefined && (
        <button type="button" class="header-button header-end" onClick={onEnd}>
          {t('menuEnd')}
        </button>
      )}
      <button type="button" class="header-button" aria-label={t('close')} onClick={onClose}>
        <CloseIcon />
      </button>
    </header>
  );
}
