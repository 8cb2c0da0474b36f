import { Checkbox, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { LIMITS } from '../../../shared/limits.ts';
import { WEBHOOK_EVENTS, type WebhookEvent, type WireWebhook } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { FormDialog } from '../../components/common/form-dialog.tsx';
import { useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { EVENT_LABELS } from './webhook-text.ts';

interface Values {
  name: string;
  url: string;
  events: WebhookEvent[];
  includeText: boolean;
}

const NEW_WEBHOOK: Values = { name: '', url: '', events: [], includeText: false };

/** Adds a webhook or changes one. A new one's secret goes to `onSaved`. */
export function WebhookForm(props: {
  readonly webhook: WireWebhook | undefined;
  readonly onClose: () => void;
  readonly onSaved: (secret: string | undefined) => void;
}) {
  const { api } = useConsole();
  const { webhook } = props;
  const form = useForm<Values>({
    initialValues: webhook === undefined ? NEW_WEBHOOK : valuesOf(webhook),
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      url: (value) => (webhook === undefined && value.trim() === '' ? 'Enter an address' : null),
      events: (value) => (value.length === 0 ? 'Choose at least one' : null),
    },
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit(({ url, ...rest }) =>
    save(async () => {
      const typed = url.trim();
      if (webhook === undefined) {
        const { secret } = await api.webhooks.create({ ...rest, url: typed, enabled: true });
        props.onSaved(secret);
        return;
      }
      const { name } = await api.webhooks.change(webhook.id, {
        ...rest,
        ...(typed !== '' && { url: typed }),
      });
      showDone(`${name} is saved.`);
      props.onSaved(undefined);
    }),
  );
  return (
    <FormDialog
      title={webhook === undefined ? 'Add a webhook' : `Edit ${webhook.name}`}
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
      <TextInput
        label="Address"
        type="url"
        autoComplete="off"
        description={
          webhook === undefined
            ? 'An https address. It is kept encrypted and only its server is shown again.'
            : `Now at ${webhook.origin}. Leave it empty to keep the address as it is.`
        }
        required={webhook === undefined}
        maxLength={LIMITS.urlLength}
        {...form.getInputProps('url')}
      />
      <Checkbox.Group label="Told of" required {...form.getInputProps('events')}>
        <Stack gap="xs" mt="xs">
          {WEBHOOK_EVENTS.map((event) => (
            <Checkbox key={event} value={event} label={EVENT_LABELS[event]} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Checkbox
        label="Send the text of messages"
        description="Always redacted. Without it the receiver learns that there is a message, and not what it says."
        {...form.getInputProps('includeText', { type: 'checkbox' })}
      />
    </FormDialog>
  );
}

function valuesOf({ name, events, includeText }: WireWebhook): Values {
  return { name, url: '', events: [...events], includeText };
}
