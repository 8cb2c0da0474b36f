import { ActionIcon, SegmentedControl, Text, Textarea, Tooltip } from '@mantine/core';
import { IconSend2 } from '@tabler/icons-react';
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import { useStore } from '../../components/common/use-store.ts';
import { type Draft, useConsole } from '../../components/shell/console-context.tsx';
import type { LiveClient } from '../../live/live-client.ts';
import { AttachButton } from './attach-button.tsx';
import { CannedOptions, useCannedPicker } from './canned-picker.tsx';
import styles from './inbox.module.css';

export interface ComposerHandle {
  /** Puts the cursor into the composer, in the given mode. */
  write(kind: 'text' | 'note'): void;
}

const EMPTY: Draft = { text: '', note: false };
/** The count of characters left shows from here on. */
const NEAR_LIMIT = 300;

/** Where the agent answers or leaves a note. Enter sends; Shift+Enter makes a new line; Escape leaves. */
export function Composer(props: {
  readonly ref: Ref<ComposerHandle>;
  readonly live: LiveClient;
  readonly conversationId: string;
  /** The agent whose chat it is: then notes to them are all that can be written. */
  readonly whisperTo?: string;
}) {
  const { live, conversationId, whisperTo } = props;
  const { drafts } = useConsole();
  const { text, note: isNote } = useStore(drafts, (all) => all[conversationId]) ?? EMPTY;
  const note = isNote || whisperTo !== undefined;
  const field = useRef<HTMLTextAreaElement>(null);
  /** What a canned response found no value for. */
  const [hint, setHint] = useState('');
  const change = (draft: Draft): void => drafts.set((all) => ({ ...all, [conversationId]: draft }));
  useImperativeHandle(props.ref, () => ({
    write(kind) {
      drafts.set((all) => ({
        ...all,
        [conversationId]: { text: all[conversationId]?.text ?? '', note: kind === 'note' },
      }));
      field.current?.focus();
    },
  }));
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const left = LIMITS.messageLength - text.length;
  const sendable = text.trim() !== '' && left >= 0;
  const send = (): void => {
    if (!sendable) return;
    live.send(conversationId, { text: text.trim(), kind: note ? 'note' : 'text' });
    change({ text: '', note: isNote });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (picker.onKeyDown(event)) return;
    if (event.key === 'Escape') event.currentTarget.blur();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const fill = (filled: string, missing: readonly string[]): void => {
    change({ text: filled, note: isNote });
    setHint(missing.length === 0 ? '' : `Nothing is known for ${missing.join(', ')}`);
    field.current?.focus();
  };
  const picker = useCannedPicker({ draft: text, conversationId, onFilled: fill });
  return (
    <div className={styles.composer} data-note={note || undefined}>
      {whisperTo === undefined && (
        <ModeSwitch note={note} onChange={(next) => change({ text, note: next })} />
      )}
      <CannedOptions picker={picker} />
      <div className={styles.composerRow}>
        {!note && <AttachButton conversationId={conversationId} />}
        <Textarea
          ref={field}
          className={styles.field}
          aria-label={labelOf(note, whisperTo)}
          placeholder={
            note ? 'A note that only staff can read' : 'Write a message, or / for a canned response'
          }
          autosize
          minRows={1}
          maxRows={8}
          size="md"
          value={text}
          error={left < 0}
          {...picker.fieldProps}
          onChange={(event) => {
            setHint('');
            change({ text: event.currentTarget.value, note: isNote });
            if (!note && event.currentTarget.value !== '') live.composing(conversationId);
          }}
          onKeyDown={onKeyDown}
        />
        <Tooltip label="Send (Enter)">
          <ActionIcon
            size={42}
            radius="md"
            aria-label={note ? 'Save note' : 'Send message'}
            aria-disabled={!sendable}
            data-disabled={!sendable}
            onClick={send}
          >
            <IconSend2 size={20} />
          </ActionIcon>
        </Tooltip>
      </div>
      {hint !== '' && (
        <Text size="xs" c="dimmed" role="status">
          {hint}
        </Text>
      )}
      {left < NEAR_LIMIT && (
        <Text size="xs" c={left < 0 ? 'var(--mantine-color-error)' : 'dimmed'} role="status">
          {left < 0 ? `${-left} characters too many` : `${left} characters left`}
        </Text>
      )}
    </div>
  );
}

function labelOf(note: boolean, whisperTo: string | undefined): string {
  if (whisperTo !== undefined) return `Whisper to ${whisperTo}`;
  return note ? 'Note for staff' : 'Message to the visitor';
}

function ModeSwitch(props: { readonly note: boolean; readonly onChange: (note: boolean) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="What you write"
      className={styles.mode}
      value={props.note ? 'note' : 'text'}
      onChange={(value) => props.onChange(value === 'note')}
      data={[
        { value: 'text', label: 'Message' },
        { value: 'note', label: 'Note' },
      ]}
    />
  );
}
