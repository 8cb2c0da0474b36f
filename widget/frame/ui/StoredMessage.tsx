import type { VNode } from 'preact';
import type { StoredLine } from '../core/timeline.ts';
import { removedText } from '../removed-text.ts';
import { FileContent } from './FileContent.tsx';
import { useLanguage } from './hooks.ts';
import { ShieldIcon } from './icons.tsx';
import { RichText } from './RichText.tsx';

interface StoredMessageProps {
  readonly line: StoredLine;
  /** First and last of a run of lines by one speaker. */
  readonly first: boolean;
  readonly last: boolean;
  /** Only of the newest own line: whether the agent's side has seen it. */
  readonly seen: boolean | undefined;
  openFile(fileId: string): Promise<Blob | undefined>;
}

/** Tells the sender, calmly, that and what was taken out of a line. */
function RemovedNote({ line }: { line: StoredLine }): VNode {
  const language = useLanguage();
  return (
    <p class="note" data-testid="removed-note">
      <ShieldIcon /> {removedText(line.removed ?? [], language)}
    </p>
  );
}

function Time({ at }: { at: string }): VNode {
  const { locale } = useLanguage();
  const text = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
  return <time dateTime={at}>{text}</time>;
}

export function StoredMessage({ line, first, last, seen, openFile }: StoredMessageProps): VNode {
  const { t } = useLanguage();
  if (line.from.kind === 'system' || line.kind === 'event') {
    return (
      <li class="line system">
        <RichText text={line.text} />
      </li>
    );
  }
  const own = line.from.kind === 'visitor';
  const speaker = own ? t('you') : (line.from.name ?? t('agent'));
  return (
    <li class={`line ${own ? 'own' : 'other'} ${last ? 'last' : ''}`} data-seq={line.seq}>
      <span class={first && !own ? 'speaker' : 'visually-hidden'}>{speaker}</span>
      <div class="bubble">
        {line.file === undefined ? (
          <RichText text={line.text} />
        ) : (
          <FileContent file={line.file} name={line.text} openFile={openFile} />
        )}
      </div>
      {own && line.redacted > 0 && <RemovedNote line={line} />}
      {(last || seen !== undefined) && (
        <p class="meta">
          <Time at={line.at} />
          {seen !== undefined && <span class="state"> · {t(seen ? 'seen' : 'sent')}</span>}
        </p>
      )}
    </li>
  );
}
