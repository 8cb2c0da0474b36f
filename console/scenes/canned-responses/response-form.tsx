import { TagsInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { LIMITS } from '../../../shared/limits.ts';
import type { WireCannedResponse } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { FormDialog } from '../../components/common/form-dialog.tsx';
import { useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';

const VARIABLES = '{{visitor.name|there}}, {{agent.name}}, {{caseId}}, {{profile.plan}}';

/** Adds a canned response or changes one. */
export function ResponseForm(props: {
  readonly response: WireCannedResponse | undefined;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}) {
  const { api } = useConsole();
  const { response } = props;
  const form = useForm({
    initialValues: {
      shortcut: response?.shortcut ?? '',
      text: response?.text ?? '',
      tags: [...(response?.tags ?? [])],
    },
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit((values) =>
    save(async () => {
      const saved =
        response === undefined
          ? await api.cannedResponses.create(values)
          : await api.cannedResponses.change(response.id, values);
      const changed = saved.text !== values.text.trim();
      showDone(
        changed
          ? `/${saved.shortcut} is saved. Redaction took something out of its text.`
          : `/${saved.shortcut} is saved.`,
      );
      props.onSaved();
    }),
  );
  return (
    <FormDialog
      title={response === undefined ? 'Add a canned response' : `Edit /${response.shortcut}`}
      onSubmit={submit}
      onClose={props.onClose}
      busy={busy}
      failure={failure}
    >
      <TextInput
        data-autofocus
        label="Shortcut"
        description="What is typed behind / in the composer"
        required
        maxLength={32}
        {...form.getInputProps('shortcut')}
      />
      <Textarea
        label="Text"
        description={`Variables: ${VARIABLES}. What stands behind the bar is taken where there is no value.`}
        required
        autosize
        minRows={4}
        maxRows={12}
        maxLength={LIMITS.cannedResponseLength}
        {...form.getInputProps('text')}
      />
      <TagsInput label="Tags" {...form.getInputProps('tags')} />
    </FormDialog>
  );
}
