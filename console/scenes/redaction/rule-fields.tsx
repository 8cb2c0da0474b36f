import {
  Checkbox,
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
import { LIMITS } from '../../../shared/limits.ts';
import { Panel } from '../../components/common/scene.tsx';
import styles from './redaction.module.css';
import type { RuleValues } from './rule-values.ts';

type RuleForm = Pick<UseFormReturnType<RuleValues>, 'getInputProps' | 'values'>;

const FLAGS = [
  { value: 'i', label: 'Ignore case' },
  { value: 'm', label: '^ and $ match at every line' },
  { value: 's', label: 'Dot matches line breaks' },
];
const KEEP_LAST_MAX = 8;
const ORDER_MAX = 1_000_000;

/** Everything that can be decided about a rule. */
export function RuleFields(props: { readonly form: RuleForm; readonly checks: readonly string[] }) {
  const { form } = props;
  return (
    <>
      <Panel title="Recognise">
        <Stack gap="md" mt="sm">
          <TextInput label="Name" required maxLength={LIMITS.nameLength} {...form.getInputProps('name')} />
          <Textarea
            label="Pattern"
            description="A regular expression that runs in linear time: no look-around, no back-references."
            required
            autosize
            minRows={2}
            maxLength={LIMITS.patternLength}
            spellCheck={false}
            classNames={{ input: styles.mono ?? '' }}
            {...form.getInputProps('pattern')}
          />
          <Checkbox.Group label="Flags" {...form.getInputProps('flags')}>
            <Group mt="xs">
              {FLAGS.map(({ value, label }) => (
                <Checkbox key={value} value={value} label={label} />
              ))}
            </Group>
          </Checkbox.Group>
          <Select
            label="Check"
            description="Removed only if the checksum or structure is right, which cuts false alarms."
            placeholder="None"
            clearable
            searchable
            data={[...props.checks]}
            {...form.getInputProps('check')}
          />
          <Switch
            label="Also numbers written in words"
            description="“four one one one” counts as 4111. It may hit ordinary sentences: try some."
            {...form.getInputProps('digitWords', { type: 'checkbox' })}
          />
        </Stack>
      </Panel>
      <Panel title="Replace">
        <Replacement form={form} />
      </Panel>
      <Panel title="Where">
        <Scope form={form} />
      </Panel>
      <Panel
        title="Examples"
        about="One a line, made up: they are kept as you type them. They are checked whenever the rule is saved; a rule that fails them is refused."
      >
        <Stack gap="md" mt="sm">
          <Textarea label="Must be recognised" autosize minRows={2} {...form.getInputProps('match')} />
          <Textarea label="Must be left alone" autosize minRows={2} {...form.getInputProps('noMatch')} />
        </Stack>
      </Panel>
    </>
  );
}

function Replacement({ form }: { readonly form: RuleForm }) {
  return (
    <Stack gap="md" mt="sm" align="flex-start">
      <SegmentedControl
        aria-label="Replacement"
        data={[
          { value: 'text', label: 'By a fixed text' },
          { value: 'keep-last', label: 'Keep the last characters' },
        ]}
        {...form.getInputProps('replaceBy')}
      />
      {form.values.replaceBy === 'text' ? (
        <TextInput label="Text" maxLength={LIMITS.replacementLength} {...form.getInputProps('replacement')} />
      ) : (
        <Group align="flex-start">
          <NumberInput
            label="Characters kept"
            min={0}
            max={KEEP_LAST_MAX}
            allowDecimal={false}
            {...form.getInputProps('keepLast')}
          />
          <TextInput label="Mask" maxLength={LIMITS.replacementLength} {...form.getInputProps('mask')} />
        </Group>
      )}
    </Stack>
  );
}

function Scope({ form }: { readonly form: RuleForm }) {
  return (
    <Stack gap="md" mt="sm">
      <Checkbox.Group label="Written by" {...form.getInputProps('from')}>
        <Group mt="xs">
          <Checkbox value="visitor" label="Visitors" />
          <Checkbox value="agent" label="Agents" />
        </Group>
      </Checkbox.Group>
      <Checkbox.Group label="In" {...form.getInputProps('places')}>
        <Group mt="xs">
          <Checkbox value="message" label="Messages and notes" />
          <Checkbox value="profile" label="Profile and forms" />
          <Checkbox value="url" label="Page addresses and titles" />
        </Group>
      </Checkbox.Group>
      <Group align="flex-start" gap="xl">
        <Switch label="The rule is on" mt={28} {...form.getInputProps('enabled', { type: 'checkbox' })} />
        <NumberInput
          label="Order"
          description="Lower runs first and is credited"
          min={0}
          max={ORDER_MAX}
          allowDecimal={false}
          {...form.getInputProps('order')}
        />
      </Group>
    </Stack>
  );
}
