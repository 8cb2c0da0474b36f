import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { LIMITS } from '../../../shared/limits.ts';
import { useLanguage } from './hooks.ts';
import { ClipIcon, SendIcon } from './icons.tsx';

/** From here on the visitor is told how many characters are left. */
const SHOW_LEFT_FROM = 300;
const MAX_HEIGHT_PX = 132;

interface ComposerProps {
  /** What is written and not sent; it outlives the panel. */
  readonly draft: string;
  onDraft(text: string): void;
  onSend(text: string): void;
  /** Absent where no files are taken. */
  readonly files: { readonly accept: string; onFile(file: File): void } | undefined;
}

function fitHeight(element: HTMLTextAreaElement): void {
  element.style.removeProperty('height');
  // An empty field is one row high; its placeholder must not count.
  if (element.value === '') return;
  element.style.setProperty('height', `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`);
}

/** As high as its text, up to a limit; the frame grows just after the panel is drawn, so it is measured again then. */
function useAutoHeight(text: string) {
  const area = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows from the text that is drawn
  useLayoutEffect(() => {
    if (area.current !== null) fitHeight(area.current);
  }, [text]);
  useEffect(() => {
    const fit = () => {
      if (area.current !== null) fitHeight(area.current);
    };
    window.addEventListener('resize', fit);
    return () => window.removeEventListener('resize', fit);
  }, []);
  return area;
}

function AttachButton({ accept, onFile }: NonNullable<ComposerProps['files']>): VNode {
  const { t } = useLanguage();
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="attach"
        aria-label={t('attachFile')}
        onClick={() => field.current?.click()}
      >
        <ClipIcon />
      </button>
      <input
        ref={field}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        accept={accept}
        multiple
        onChange={(event) => {
          for (const file of event.currentTarget.files ?? []) onFile(file);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

export function Composer({ draft, onDraft, onSend, files }: ComposerProps): VNode {
  const { t } = useLanguage();
  const area = useAutoHeight(draft);
  const left = LIMITS.messageLength - draft.length;
  const sendable = draft.trim() !== '' && left >= 0;
  useEffect(() => area.current?.focus({ preventScroll: true }), [area]);

  const submit = () => {
    if (!sendable) return;
    onSend(draft.trim());
    area.current?.focus({ preventScroll: true });
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
      {files !== undefined && <AttachButton {...files} />}
      <textarea
        ref={area}
        rows={1}
        value={draft}
        aria-label={t('writeMessage')}
        aria-describedby="characters-left"
        aria-invalid={left < 0}
        placeholder={t('writeMessage')}
        onInput={(event) => onDraft(event.currentTarget.value)}
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
