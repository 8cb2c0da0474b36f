import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { LIMITS } from '../../../shared/limits.ts';
import { useLanguage } from './hooks.ts';
import { SendIcon } from './icons.tsx';

/** From here on the visitor is told how many characters are left. */
const SHOW_LEFT_FROM = 300;
const MAX_HEIGHT_PX = 132;

interface ComposerProps {
  onSend(text: string): void;
  onChange(text: string): void;
}

/** As high as its text, up to a limit. */
function useAutoHeight(text: string) {
  const area = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows from the text that is drawn
  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.setProperty('height', 'auto');
    element.style.setProperty('height', `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`);
  }, [text]);
  return area;
}

export function Composer({ onSend, onChange }: ComposerProps): VNode {
  const { t } = useLanguage();
  const [text, setText] = useState('');
  const area = useAutoHeight(text);
  const left = LIMITS.messageLength - text.length;
  const sendable = text.trim() !== '' && left >= 0;
  useEffect(() => area.current?.focus(), [area]);

  const change = (next: string) => {
    setText(next);
    onChange(next);
  };
  const submit = () => {
    if (!sendable) return;
    onSend(text.trim());
    setText('');
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // During composition (Chinese, Japanese, Korean) Enter picks a candidate.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={area}
        rows={1}
        value={text}
        aria-label={t('writeMessage')}
        aria-describedby="characters-left"
        aria-invalid={left < 0}
        placeholder={t('writeMessage')}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" class="send" aria-label={t('send')} disabled={!sendable}>
        <SendIcon />
      </button>
      <p id="characters-left" class={left < 0 ? 'counter over' : 'counter'}>
        {left < 0
          ? t('tooLong', { count: -left })
          : left <= SHOW_LEFT_FROM && t('charactersLeft', { count: left })}
      </p>
    </form>
  );
}
