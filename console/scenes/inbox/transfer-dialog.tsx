import { SegmentedControl, Select, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCallback } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import type { WireConversation, WireDepartment, WirePresence } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { FormDialog } from '../../components/common/form-dialog.tsx';
import { Failure, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import type { LiveClient } from '../../live/live-client.ts';

/** Hands a chat on to a colleague who has a place free, or to the line of a department. */
export function TransferDialog(props: {
  readonly live: LiveClient;
  readonly conversation: WireConversation;
  readonly onClose: () => void;
}) {
  const { live, conversation } = props;
  const { api, can, user } = useConsole();
  const seesDepartments = can('department:read');
  const load = useCallback(async () => {
    const [colleagues, departments] = await Promise.all([
      live.colleagues(),
      seesDepartments ? api.departments.list() : [],
    ]);
    return {
      colleagues: colleagues.filter(({ agentId }) => agentId !== user.id),
      departments: departments.filter(({ id }) => id !== conversation.departmentId),
    };
  }, [live, api, seesDepartments, user.id, conversation.departmentId]);
  const { data, error, reload } = useLoad(load);
  const form = useForm({
    initialValues: { kind: 'agent', to: null as string | null, note: '' },
    validate: { to: (value) => (value === null ? 'Choose one' : null) },
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit(({ kind, to, note }) =>
    save(async () => {
      const target = kind === 'agent' ? { toAgentId: String(to) } : { toDepartmentId: String(to) };
      const text = note.trim();
      await live.transfer({ conversationId: conversation.id, ...target, ...(text !== '' && { note: text }) });
      showDone('The chat is handed on.');
      props.onClose();
    }),
  );
  return (
    <FormDialog
      title="Hand this chat on"
      action="Hand on"
      onSubmit={submit}
      onClose={props.onClose}
      busy={busy}
      failure={failure}
    >
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Looking who is there" />}
      {data !== undefined && data.departments.length > 0 && (
        <SegmentedControl
          aria-label="To whom"
          data={[
            { value: 'agent', label: 'To a colleague' },
            { value: 'department', label: 'To a department' },
          ]}
          value={form.values.kind}
          onChange={(kind) => form.setValues({ kind, to: null })}
        />
      )}
      {data !== undefined && (
        <Select
          data-autofocus
          label={form.values.kind === 'agent' ? 'Colleague' : 'Department'}
          placeholder={choicesOf(form.values.kind, data).length === 0 ? 'Nobody is there' : 'Choose one'}
          required
          searchable
          comboboxProps={{ withinPortal: false }}
          data={choicesOf(form.values.kind, data)}
          {...form.getInputProps('to')}
        />
      )}
      <Textarea
        label="Note"
        description="For whoever gets the chat. The visitor does not see it."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={LIMITS.messageLength}
        {...form.getInputProps('note')}
      />
    </FormDialog>
  );
}

/** A colleague who is away or full is shown, and cannot be chosen. */
function choicesOf(
  kind: string,
  data: { readonly colleagues: readonly WirePresence[]; readonly departments: readonly WireDepartment[] },
) {
  if (kind !== 'agent') return data.departments.map(({ id, name }) => ({ value: id, label: name }));
  return data.colleagues.map(({ agentId, name, status, active, capacity }) => ({
    value: agentId,
    label: status === 'online' ? `${name} (${active} of ${capacity} chats)` : `${name} (away)`,
    disabled: status !== 'online' || active >= capacity,
  }));
}
