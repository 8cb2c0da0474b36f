import type { VNode } from 'preact';
import type { ConnectionState } from '../core/state.ts';
import { useLanguage } from './hooks.ts';

/** Said aloud by the announcer, so this is for the eyes; a short break is not shown (see the style sheet). */
export function ConnectionBanner({ connection }: { connection: ConnectionState }): VNode | null {
  const { t } = useLanguage();
  if (connection === 'online') return null;
  return (
    <div class={`banner ${connection}`} data-testid="connection">
      <span class="spinner" aria-hidden="true" />
      <span>{t(connection === 'lost' ? 'reconnecting' : 'connecting')}</span>
    </div>
  );
}
