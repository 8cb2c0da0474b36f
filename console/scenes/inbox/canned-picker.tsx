import type { KeyboardEvent } from 'react';
import { useCallback, useId, useMemo, useState } from 'react';
import type { WireCannedResponse } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './canned-picker.module.css';

const SHOWN = 8;
const NONE: readonly WireCannedResponse[] = [];

export interface CannedPicker {
  readonly options: readonly WireCannedResponse[];
  readonly active: number;
  readonly listId: string;
  /** For the field: which option is meant, as assistive technology needs it. */
  readonly fieldProps: Readonly<Record<string, string | undefined>>;
  /** Whether the key was the picker's. */
  onKeyDown(event: KeyboardEvent): boolean;
  choose(response: WireCannedResponse): void;
}

/**
 * Offers canned responses while the draft is `/` and the beginning of a shortcut or some words of a text. The filled text,
 * redacted, takes the place of the draft, to be read and sent.
 */
export function useCannedPicker(props: {
  readonly draft: string;
  readonly conversationId: string;
  readonly onFilled: (text: string, missing: readonly string[]) => void;
}): CannedPicker {
  const { draft, conversationId, onFilled } = props;
  const { api, can } = useConsole();
  const listId = useId();
  const open = draft.startsWith('/') && !draft.includes('\n') && can('canned-response:read');
  const load = useCallback(() => (open ? api.cannedResponses.list() : Promise.resolve(NONE)), [api, open]);
  const { data = NONE } = useLoad(load);
  const [dismissed, setDismissed] = useState('');
  const [active, setActive] = useState(0);
  const options = useMemo(
    () => (open && dismissed !== draft ? matching(data, draft.slice(1)) : NONE),
    [open, dismissed, draft, data],
  );
  const at = Math.min(active, Math.max(0, options.length - 1));
  const choose = ({ id }: WireCannedResponse): void => {
    void attempt(async () => {
      const { text, missing } = await api.cannedResponses.fill(id, conversationId);
      onFilled(text, missing);
    });
  };
  const take = (): void => {
    const chosen = options[at];
    if (chosen !== undefined) choose(chosen);
  };
  const keys = new Map<string, () => void>([
    ['ArrowDown', () => setActive((at + 1) % options.length)],
    ['ArrowUp', () => setActive((at + options.length - 1) % options.length)],
    ['Escape', () => setDismissed(draft)],
    ['Enter', take],
    ['Tab', take],
  ]);
  return {
    options,
    active: at,
    listId,
    fieldProps:
      options.length === 0
        ? {}
        : {
            'aria-autocomplete': 'list',
            'aria-controls': listId,
            'aria-activedescendant': `${listId}-${at}`,
          },
    onKeyDown: (event) => {
      const act = keys.get(event.key);
      if (options.length === 0 || act === undefined || event.shiftKey || event.nativeEvent.isComposing)
        return false;
      event.preventDefault();
      act();
      return true;
    },
    choose,
  };
}

/** Shortcuts that begin so first, then those whose text has the words. */
function matching(all: readonly WireCannedResponse[], typed: string): readonly WireCannedResponse[] {
  const wanted = typed.trim().toLowerCase();
  const begins = all.filter(({ shortcut }) => shortcut.startsWith(wanted));
  const has = all.filter((one) => !begins.includes(one) && one.text.toLowerCase().includes(wanted));
  return [...begins, ...has].slice(0, SHOWN);
}

export function CannedOptions({ picker }: { readonly picker: CannedPicker }) {
  if (picker.options.length === 0) return null;
  return (
    <div id={picker.listId} role="listbox" aria-label="Canned responses" className={styles.options}>
      {picker.options.map((response, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus.
        <div
          key={response.id}
          id={`${picker.listId}-${index}`}
          role="option"
          aria-selected={index === picker.active}
          tabIndex={-1}
          className={styles.option}
          onClick={() => picker.choose(response)}
        >
          <span className={styles.shortcut}>/{response.shortcut}</span>
          <span className={styles.text}>{response.text}</span>
        </div>
      ))}
    </div>
  );
}
