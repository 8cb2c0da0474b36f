import { Group, Select, TextInput } from '@mantine/core';
import { useCallback } from 'react';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';

/** Whom a form is about, as it is typed. */
export interface SubjectValues {
  /** `session`, `conversation`, or a field of the data-processing agreement. */
  readonly by: string;
  readonly value: string;
}

export const NO_SUBJECT: SubjectValues = { by: 'session', value: '' };

/** Names a visitor, a person or a conversation. */
export function SubjectFields(props: {
  readonly values: SubjectValues;
  readonly onChange: (values: SubjectValues) => void;
  readonly withConversation?: boolean;
}) {
  const { values, onChange } = props;
  const { api, can } = useConsole();
  const readable = can('settings:read');
  const load = useCallback(async () => (readable ? await api.settings.get() : undefined), [api, readable]);
  const { data } = useLoad(load);
  const fields = data?.dpa.customFields ?? [];
  const choices = [
    { value: 'session', label: 'Session id' },
    ...(props.withConversation === true ? [{ value: 'conversation', label: 'Conversation id' }] : []),
    ...fields.map(({ key, label }) => ({ value: `field:${key}`, label })),
  ];
  return (
    <Group align="flex-end">
      <Select
        label="By"
        allowDeselect={false}
        data={choices}
        value={values.by}
        onChange={(by) => by !== null && onChange({ ...values, by })}
      />
      <TextInput
        label="Value"
        autoComplete="off"
        value={values.value}
        onChange={(event) => onChange({ ...values, value: event.currentTarget.value })}
      />
    </Group>
  );
}

/** The subject as the server takes it. */
export function subjectOf({ by, value }: SubjectValues) {
  const given = value.trim();
  if (by === 'session') return { sessionId: given };
  return { field: by.slice('field:'.length), value: given };
}

/** The same, where a single conversation may be meant too. */
export function scopeOf(values: SubjectValues) {
  return values.by === 'conversation' ? { conversationId: values.value.trim() } : subjectOf(values);
}
