import { Button, Checkbox, Group, Modal, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCallback } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import { NEVER_IN_TOKENS } from '../../../shared/protocol/index.ts';
import { Failure, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './users.module.css';

const DAY_MS = 86_400_000;
const ENDLESS = 'endless';
const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: ENDLESS, label: 'until it is removed' },
];

/** Makes a token. Scopes that the user has not themselves, and those that no token can have, are not offered. */
export function TokenForm(props: {
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
}) {
  const { api } = useConsole();
  const form = useForm({
    initialValues: { name: '', scopes: [] as string[], life: '90', addressRanges: [] as string[] },
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      scopes: (value) => (value.length === 0 ? 'Choose at least one' : null),
    },
  });
  const { save, busy, failure } = useSave(form);
  const submit = form.onSubmit(({ name, scopes, life, addressRanges }) =>
    save(async () => {
      const days = Number(life);
      const expiresAt = life === ENDLESS ? null : new Date(Date.now() + days * DAY_MS).toISOString();
      const made = await api.apiTokens.create({ name: name.trim(), scopes, addressRanges, expiresAt });
      props.onMade(made.token);
    }),
  );
  return (
    <Modal opened onClose={props.onClose} title="New API token" size="xl">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormFailure failure={failure} />
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
            data={LIVES}
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
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              Make the token
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
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
