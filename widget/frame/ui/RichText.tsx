import type { VNode } from 'preact';
import { useLanguage } from './hooks.ts';

/** Web addresses and the marks that stand for removed text. */
const PARTS = /(https?:\/\/[^\s<>"█]+[^\s<>"█.,;:!?)\]}']|█+)/;

function Part({ text }: { text: string }): VNode {
  const { t } = useLanguage();
  if (text.startsWith('█')) {
    return (
      <span class="removed" role="img" aria-label={t('removedMark')}>
        {text}
      </span>
    );
  }
  return (
    <a href={text} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  );
}

interface TextPart {
  /** Where it starts in the whole text. */
  readonly at: number;
  readonly part: string;
  /** Whether the expression has found it; what stands between is plain. */
  readonly found: boolean;
}

function splitParts(text: string): TextPart[] {
  let at = 0;
  return text.split(PARTS).map((part, index) => {
    const start = at;
    at += part.length;
    return { at: start, part, found: index % 2 === 1 };
  });
}

/** Plain text in which addresses can be followed and removed parts can be heard. Never parsed as HTML. */
export function RichText({ text }: { text: string }): VNode {
  return <>{splitParts(text).map(({ at, part, found }) => (found ? <Part key={at} text={part} /> : part))}</>;
}
