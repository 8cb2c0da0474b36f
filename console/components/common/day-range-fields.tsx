import { Group, TextInput } from '@mantine/core';
import type { DayRange } from './day-range.ts';
import { Panel } from './scene.tsx';

/** The first and the last day of a report. */
export function DayRangeFields(props: {
  readonly range: DayRange;
  readonly onChange: (range: DayRange) => void;
}) {
  const { range, onChange } = props;
  return (
    <Panel>
      <Group align="flex-start">
        <TextInput
          type="date"
          label="From"
          value={range.from}
          onChange={(event) => onChange({ ...range, from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="To"
          description="Days are in UTC"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={range.to}
          onChange={(event) => onChange({ ...range, to: event.currentTarget.value })}
        />
      </Group>
    </Panel>
  );
}
