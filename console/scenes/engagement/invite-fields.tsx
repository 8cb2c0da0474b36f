import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useCallback } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import { ENGAGEMENT_LIMITS } from '../../../shared/protocol/index.ts';
import { Panel } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './engagement.module.css';
import type { RuleValues } from './rule-values.ts';

export type RuleForm = UseFormReturnType<RuleValues>;

const TYPES = [
  { value: 'invite', label: 'Invite to a chat' },
  { value: 'offer', label: 'Show a message' },
];

/** What a visitor is shown, in which languages and in which versions, and who is shown nothing. */
export function InviteFields({ form }: { readonly form: RuleForm }) {
  return (
    <>
      <Panel title="Say">
        <Stack gap="md" mt="sm">
          <SegmentedControl
            aria-label="What happens"
            data={TYPES}
            className={styles.start ?? ''}
            {...form.getInputProps('actionType')}
          />
          <Textarea
            label="Message"
            required
            autosize
            minRows={2}
            maxLength={ENGAGEMENT_LIMITS.messageLength}
            {...form.getInputProps('message')}
          />
          <Translations form={form} />
          <Department form={form} />
        </Stack>
      </Panel>
      <Panel
        title="Try several messages"
        about="Each visitor keeps the one they were given; the funnel compares them. Without any, all get the message above."
      >
        <Variants form={form} />
        <NumberInput
          mt="md"
          label="Visitors who get nothing, to measure what the rule brings"
          suffix=" %"
          min={0}
          max={100}
          w={280}
          {...form.getInputProps('holdoutPercent')}
        />
        <TextInput
          mt="md"
          label="Goal"
          description="Name of an event that the page tells, such as order-placed; without one, chats are counted"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          maxLength={LIMITS.eventNameLength}
          w={280}
          {...form.getInputProps('goal')}
        />
      </Panel>
    </>
  );
}

/** Nothing to choose where there are no departments, or none may be seen. */
function Department({ form }: { readonly form: RuleForm }) {
  const { api, can } = useConsole();
  const seen = can('department:read');
  const load = useCallback(async () => (seen ? api.departments.list() : []), [api, seen]);
  const { data = [] } = useLoad(load);
  if (form.values.actionType !== 'invite' || data.length === 0) return null;
  return (
    <Select
      label="The chat goes to"
      placeholder="anyone who is free"
      clearable
      w={280}
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
      {...form.getInputProps('departmentId')}
      value={form.values.departmentId === '' ? null : form.values.departmentId}
      onChange={(id) => form.setFieldValue('departmentId', id ?? '')}
    />
  );
}

function Translations({ form }: { readonly form: RuleForm }) {
  return (
    <Stack gap="xs">
      {form.values.translations.map((translation, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row's values live in the form under its index.
        <Group key={index} align="flex-start" wrap="nowrap">
          <TextInput
            aria-label={`Language of translation ${index + 1}`}
            placeholder="sv"
            w={80}
            {...form.getInputProps(`translations.${index}.language`)}
          />
          <Textarea
            aria-label={`Message in ${translation.language || `translation ${index + 1}`}`}
            autosize
            flex={1}
            maxLength={ENGAGEMENT_LIMITS.messageLength}
            {...form.getInputProps(`translations.${index}.message`)}
          />
          <TakeAway
            label={`Take away translation ${index + 1}`}
            onClick={() => form.removeListItem('translations', index)}
          />
        </Group>
      ))}
      <AddButton
        label="Another language"
        onClick={() => form.insertListItem('translations', { language: '', message: '' })}
      />
    </Stack>
  );
}

function Variants({ form }: { readonly form: RuleForm }) {
  const { variants } = form.values;
  return (
    <Stack gap="xs" mt="sm">
      {variants.map((variant, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row's values live in the form under its index.
        <Group key={index} align="flex-start" wrap="nowrap">
          <TextInput
            label="Key"
            w={90}
            error={form.errors[`variants.${index}.key`]}
            {...form.getInputProps(`variants.${index}.key`)}
          />
          <Textarea
            label={`Message ${variant.key}`}
            autosize
            flex={1}
            maxLength={ENGAGEMENT_LIMITS.messageLength}
            {...form.getInputProps(`variants.${index}.message`)}
          />
          <NumberInput
            label="Share"
            w={80}
            min={1}
            max={1_000}
            {...form.getInputProps(`variants.${index}.weight`)}
          />
          <TakeAway
            label={`Take away message ${variant.key}`}
            onClick={() => form.removeListItem('variants', index)}
          />
        </Group>
      ))}
      {variants.length < ENGAGEMENT_LIMITS.variantsPerRule && (
        <AddButton
          label="Another message"
          onClick={() =>
            form.insertListItem('variants', {
              key: nextKey(variants.map(({ key }) => key)),
              weight: 1,
              message: '',
            })
          }
        />
      )}
    </Stack>
  );
}

/** How sure and how often: score, limits, times, agents. */
export function MomentFields({ form }: { readonly form: RuleForm }) {
  return (
    <Panel title="When and how often">
      <Stack gap="md" mt="sm">
        <Group align="flex-start">
          <NumberInput
            label="Score of the visitor at least"
            placeholder="any"
            {...form.getInputProps('minScore')}
          />
          <NumberInput
            label="Priority"
            description="The highest wins"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...form.getInputProps('priority')}
          />
        </Group>
        <Switch
          label="Only while an agent is free"
          {...form.getInputProps('requiresAgent', { type: 'checkbox' })}
        />
        <Switch label="Once in a visit" {...form.getInputProps('oncePerSession', { type: 'checkbox' })} />
        <Group align="flex-start">
          <NumberInput
            label="Minutes between two"
            placeholder="no pause"
            min={0}
            {...form.getInputProps('cooldownMinutes')}
          />
          <NumberInput
            label="Times a day at most"
            placeholder="no limit"
            min={1}
            max={ENGAGEMENT_LIMITS.maxPerDay}
            {...form.getInputProps('maxPerDay')}
          />
        </Group>
      </Stack>
    </Panel>
  );
}

export function AddButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      className={styles.start ?? ''}
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}

export function TakeAway({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="red" size="lg" aria-label={label} onClick={onClick}>
      <IconTrash size={18} />
    </ActionIcon>
  );
}

/** The first of A, B, C ... that is free. */
function nextKey(taken: readonly string[]): string {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return letters.find((letter) => !taken.includes(letter)) ?? `V${taken.length + 1}`;
}
