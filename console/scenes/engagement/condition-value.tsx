import { Checkbox, Group, NumberInput, SegmentedControl, TagsInput, TextInput } from '@mantine/core';
import {
  type Condition,
  ENGAGEMENT_LIMITS,
  type FactEntry,
  type FactValue,
} from '../../../shared/protocol/index.ts';
import { isDuration } from './condition-text.ts';

interface ValueProps {
  readonly entry: FactEntry;
  readonly condition: Condition;
  readonly error: string | undefined;
  readonly onChange: (value: FactValue | readonly FactValue[]) => void;
}

const MS_PER_SECOND = 1_000;
const YES_NO = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

/** What a condition compares with, as a field that fits fact and operator. */
export function ConditionValue(props: ValueProps) {
  const { entry, condition, error, onChange } = props;
  const { op, value } = condition;
  if (op === 'exists' || entry.type === 'boolean') {
    return (
      <SegmentedControl
        size="sm"
        aria-label="Value"
        data={YES_NO}
        value={String(value ?? true)}
        onChange={(chosen) => onChange(chosen === 'true')}
      />
    );
  }
  if (op === 'in' || op === 'nin') {
    const values = Array.isArray(value) ? value.map(String) : [];
    const numeric = entry.type === 'number';
    return (
      <TagsInput
        aria-label="Values"
        placeholder={values.length === 0 ? 'Type a value and press Enter' : ''}
        value={values}
        maxTags={ENGAGEMENT_LIMITS.listValues}
        error={error}
        onChange={(texts) => onChange(numeric ? texts.map(Number).filter(Number.isFinite) : texts)}
      />
    );
  }
  if (op === 'between') return <Range {...props} />;
  return <Single {...props} />;
}

function Single({ entry, condition, error, onChange }: ValueProps) {
  const { op, value } = condition;
  if (typeof value === 'number') {
    return (
      <NumberField entry={entry} label="Value" value={value} error={error} onChange={onChange}>
        {entry.type === 'any' && (op === 'eq' || op === 'ne') && (
          <Checkbox label="a number" checked onChange={() => onChange(String(value))} />
        )}
      </NumberField>
    );
  }
  const text = typeof value === 'string' ? value : '';
  const number = Number(text);
  const couldBeNumber =
    entry.type === 'any' && (op === 'eq' || op === 'ne') && text.trim() !== '' && Number.isFinite(number);
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <TextInput
        aria-label="Value"
        value={text}
        maxLength={op === 'matches' ? ENGAGEMENT_LIMITS.patternLength : ENGAGEMENT_LIMITS.textValueLength}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {couldBeNumber && (
        <Checkbox mt={8} label="a number" checked={false} onChange={() => onChange(number)} />
      )}
    </Group>
  );
}

function Range({ entry, condition, error, onChange }: ValueProps) {
  const [from = 0, to = 0] = Array.isArray(condition.value) ? condition.value.map(Number) : [];
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <NumberField
        entry={entry}
        label="From"
        value={from}
        error={error}
        onChange={(next) => onChange([next, to])}
      />
      <NumberField entry={entry} label="To" value={to} onChange={(next) => onChange([from, next])} />
    </Group>
  );
}

function NumberField(props: {
  readonly entry: FactEntry;
  readonly label: string;
  readonly value: number;
  readonly error?: string | undefined;
  readonly onChange: (value: number) => void;
  readonly children?: React.ReactNode;
}) {
  const { entry, value } = props;
  const factor = isDuration(entry) ? MS_PER_SECOND : 1;
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <NumberInput
        aria-label={props.label}
        value={value / factor}
        {...(entry.min !== undefined && { min: entry.min / factor })}
        {...(entry.max !== undefined && { max: entry.max / factor })}
        {...(factor > 1 && { suffix: ' s' })}
        error={props.error}
        onChange={(next) => props.onChange(Math.round(Number(next) * factor * 1_000) / 1_000)}
      />
      {props.children}
    </Group>
  );
}
