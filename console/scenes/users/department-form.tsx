import { MultiSelect, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { LIMITS } from '../../../shared/limits.ts';
import type { WireDepartment, WireUser } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { FormDialog } from '../../components/common/form-dialog.tsx';
import { useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';

/** Makes a department or changes one. Chats that members have stay with them. */
export function DepartmentForm(props: {
  readonly department: WireDepartment | undefined;
  readonly users: readonly WireUser[];
  readonly onClose: () => void;
}) {
  const { api } = useConsole();
  const { department } = props;
  const form = useForm({
    initialValues: { name: department?.name ?? '', members: [...(department?.members ?? [])] },
    validate: { name: (value) => (value.trim() === '' ? 'Enter a name' : null) },
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit(({ members, ...values }) =>
    save(async () => {
      const draft = { name: values.name.trim(), members };
      if (department === undefined) await api.departments.create(draft);
      else await api.departments.change(department.id, draft);
      showDone(`${draft.name} is saved and counts from now on.`);
      props.onClose();
    }),
  );
  return (
    <FormDialog
      title={department === undefined ? 'New department' : `Edit ${department.name}`}
      onSubmit={submit}
      onClose={props.onClose}
      busy={busy}
      failure={failure}
    >
      <TextInput
        data-autofocus
        label="Name"
        required
        maxLength={LIMITS.nameLength}
        {...form.getInputProps('name')}
      />
      <MultiSelect
        label="Members"
        description="They get its conversations."
        searchable
        data={props.users.map(({ id, name, email }) => ({ value: id, label: `${name} (${email})` }))}
        {...form.getInputProps('members')}
      />
    </FormDialog>
  );
}
