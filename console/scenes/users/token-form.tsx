import { Checkbox, Select, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCallback } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import { NEVER_IN_TOKENS, type WireApiToken } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { FormDialog } from '../../components/common/form-dialog.tsx';
import { Failure, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './users.module.css';

const DAY_MS = 86_400_000;
const ENDLESS = 'endless';
const AS_IT_IS = 'as-it-is';
const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: ENDLESS, label: 'until it is removed' },
];
const STANDARD_LIFE = '90';
const KEPT_LIFE = { value: AS_IT_IS, label: 'as long as it was' };

/** Makes a token or changes one. Scopes that the user has not themselves, and those that no token can have, are not offered. */
export function TokenForm(props: {
  readonly token: WireApiToken | undefined;
  readonly onClose: () => void;
  /** With the token itself, which is shown this once. */
  readonly onMade: (secret: string) => void;
}) {
  const { api } = useConsole();
  const { token } = props;
  const form = useForm({
    initialValues: {
      name: token?.name ?? '',
      scopes: [...(token?.scopes ?? [])],
      life: token === undefined ? STANDARD_LIFE : AS_IT_IS,
      addressRanges: [...(token?.addressRanges ?? [])],
    },
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      scopes: (value) => (value.length === 0 ? 'Choose at least one' : null),
    },
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit(({ name, scopes, life, addressRanges }) =>
    save(async () => {
      const draft = { name: name.trim(), addressRanges };
      if (token === undefined) {
        const made = await api.apiTokens.create({ ...draft, scopes, expiresAt: endOf(life) });
        props.onMade(made.token);
        return;
      }
      await api.apiTokens.change(token.id, {
        ...draft,
        ...(form.isDirty('scopes') && { scopes }),
        ...(life !== AS_IT_IS && { expiresAt: endOf(life) }),
      });
      showDone(`${draft.name} is saved and counts from now on.`);
      props.onClose();
    }),
  );
  return (
    <FormDialog
      title={token === undefined ? 'New API token' : `Edit ${token.name}`}
      size="xl"
      action={token === undefined ? 'Make the token' : 'Save'}
      onSubmit={submit}
      onClose={props.onClose}
      busy={busy}
      failure={failure}
    >
      <TextInput
        data-autofocus
        label="Name"
        description="What it is for, such as Nightly export."
        required
        maxLength={LIMITS.nameLength}
        {...form.getInputProps('name')}
      />
      <Select
        label="Good for"
        allowDeselect={false}
        data={token === undefined ? LIVES : [KEPT_LIFE, ...LIVES]}
        comboboxProps={{ withinPortal: false }}
        {...form.getInputProps('life')}
      />
      <TagsInput
        label="Addresses"
        description="From where it may be used, such as 192.0.2.7, 198.51.100.0/24 or 2001:db8::/48. Empty: from anywhere."
        {...form.getInputProps('addressRanges')}
        error={rangeFault(form.errors)}
      />
      <Checkbox.Group label="May" required {...form.getInputProps('scopes')}>
        <Scopes />
      </Checkbox.Group>
    </FormDialog>
  );
}

/** ISO 8601; null: until it is removed. */
function endOf(life: string): string | null {
  return life === ENDLESS ? null : new Date(Date.now() + Number(life) * DAY_MS).toISOString();
}

function Scopes() {
  const { api, can } = useConsole();
  const load = useCallback(() => api.access.authorizations(), [api]);
  const { data, error, reload } = useLoad(load);
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (data === undefined) return <Waiting label="Loading what there is to allow" />;
  const never: readonly string[] = NEVER_IN_TOKENS;
  const offered = data.items.filter(({ key }) => can(key) && !never.includes(key));
  return (
    <div className={styles.grid}>
      {offered.map(({ key, about }) => (
        <Checkbox key={key} value={key} label={key} description={about} />
      ))}
    </div>
  );
}

/** The server names a bad range by its place in the list. */
function rangeFault(errors: Readonly<Record<string, unknown>>): string | undefined {
  const isFaulty = Object.keys(errors).some((path) => path.startsWith('addressRanges'));
  return isFaulty ? 'Enter addresses, or networks with a prefix length such as /24' : undefined;
}
