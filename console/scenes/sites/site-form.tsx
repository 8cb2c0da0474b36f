import {
  ActionIcon,
  Button,
  Checkbox,
  ColorInput,
  SegmentedControl,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { LIMITS } from '../../../shared/limits.ts';
import type { PrechatField, SiteTheme, WireSite } from '../../../shared/protocol/index.ts';
import type { SiteDraft } from '../../api/calls.ts';
import { showDone } from '../../components/common/explain.ts';
import { FormDialog } from '../../components/common/form-dialog.tsx';
import { useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './sites.module.css';

interface Values {
  name: string;
  locale: string;
  theme: { -readonly [Key in keyof SiteTheme]: SiteTheme[Key] };
  prechat: PrechatField[];
  allowedOrigins: string[];
}

const TITLE_LENGTH = 60;
const GREETING_LENGTH = 300;
const NEW_SITE: Values = {
  name: '',
  locale: 'en',
  theme: {
    primaryColor: '#2456a6',
    position: 'right',
    title: 'Chat with us',
    greeting: 'Hello! How can we help?',
  },
  prechat: [],
  allowedOrigins: [],
};

/** Adds a site or changes one. The site key stays: it is in the customer's pages. */
export function SiteForm(props: {
  readonly site: WireSite | undefined;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}) {
  const { api } = useConsole();
  const { site } = props;
  const form = useForm<Values>({ initialValues: site === undefined ? NEW_SITE : valuesOf(site) });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit((values: SiteDraft) =>
    save(async () => {
      if (site === undefined) await api.sites.create(values);
      else await api.sites.change(site.id, values);
      showDone(`${values.name} is saved.`);
      props.onSaved();
    }),
  );
  return (
    <FormDialog
      title={site === undefined ? 'Add a site' : `Edit ${site.name}`}
      size="xl"
      onSubmit={submit}
      onClose={props.onClose}
      busy={busy}
      failure={failure}
    >
      <div className={styles.two}>
        <TextInput
          data-autofocus
          label="Name"
          required
          maxLength={LIMITS.nameLength}
          {...form.getInputProps('name')}
        />
        <TextInput
          label="Language"
          description="A language tag such as en, sv or de"
          {...form.getInputProps('locale')}
        />
      </div>
      <ThemeFields form={form} />
      <PrechatFields form={form} />
      <TagsInput
        label="Allowed origins"
        description="Where the widget may run, such as https://www.example.com. Empty: anywhere."
        {...form.getInputProps('allowedOrigins')}
      />
    </FormDialog>
  );
}

type SiteFormApi = ReturnType<typeof useForm<Values>>;

function ThemeFields({ form }: { readonly form: SiteFormApi }) {
  return (
    <div className={styles.two}>
      <TextInput
        label="Title of the widget"
        maxLength={TITLE_LENGTH}
        {...form.getInputProps('theme.title')}
      />
      <ColorInput
        label="Colour"
        format="hex"
        eyeDropperButtonProps={{ 'aria-label': 'Pick a colour from the screen' }}
        {...form.getInputProps('theme.primaryColor')}
      />
      <TextInput label="Greeting" maxLength={GREETING_LENGTH} {...form.getInputProps('theme.greeting')} />
      <div>
        <Text size="sm" fw={600} mb={4} id="site-position">
          Corner
        </Text>
        <SegmentedControl
          aria-labelledby="site-position"
          data={[
            { value: 'left', label: 'Left' },
            { value: 'right', label: 'Right' },
          ]}
          {...form.getInputProps('theme.position')}
        />
      </div>
    </div>
  );
}

function PrechatFields({ form }: { readonly form: SiteFormApi }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        Questions before the chat
      </Text>
      {form.values.prechat.map((field, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row's values live in the form under its index.
        <div key={index} className={styles.question}>
          <TextInput
            aria-label={`Key of question ${index + 1}`}
            placeholder="orderNumber"
            maxLength={LIMITS.fieldKeyLength}
            {...form.getInputProps(`prechat.${index}.key`)}
          />
          <TextInput
            aria-label={`Label of question ${index + 1}`}
            placeholder="Order number"
            maxLength={LIMITS.nameLength}
            {...form.getInputProps(`prechat.${index}.label`)}
          />
          <Checkbox
            mt={8}
            label="Required"
            {...form.getInputProps(`prechat.${index}.required`, { type: 'checkbox' })}
          />
          <ActionIcon
            variant="subtle"
            color="red"
            size="lg"
            aria-label={`Take away question ${field.label}`}
            onClick={() => form.removeListItem('prechat', index)}
          >
            <IconTrash size={18} />
          </ActionIcon>
        </div>
      ))}
      <Button
        mt="xs"
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => form.insertListItem('prechat', { key: '', label: '', required: false })}
      >
        Add a question
      </Button>
    </div>
  );
}

function valuesOf(site: WireSite): Values {
  const { name, locale, theme, prechat, allowedOrigins } = site;
  return { name, locale, theme: { ...theme }, prechat: [...prechat], allowedOrigins: [...allowedOrigins] };
}
