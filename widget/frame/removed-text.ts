import type { RemovedData } from '../../shared/protocol/index.ts';
import type { Language } from './i18n/index.ts';

/**
 * Says in one sentence what kinds of data were taken out, each once; how many only where there were several.
 * Without kinds (a line read again after the page was loaded) it says that something was.
 */
export function removedText(removed: readonly RemovedData[], { locale, t }: Language): string {
  if (removed.length === 0) return t('removedSomething');
  const kinds = removed.map(({ name, count }) => (count > 1 ? `${name} (${count})` : name));
  return t('removed', { kinds: new Intl.ListFormat(locale, { type: 'conjunction' }).format(kinds) });
}
