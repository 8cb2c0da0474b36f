import { Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import { Panel } from '../../components/common/scene.tsx';
import { AddButton, type RuleForm, TakeAway } from './invite-fields.tsx';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What a browser's field for a moment speaks of. */
const OWN_TIME = `Your time, ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;

/** At which times the rule may fire; everything that is set must allow it. */
export function ScheduleFields({ form }: { readonly form: RuleForm }) {
  return (
    <Panel
      title="Times"
      about="Days and hours are in the account's time zone. Without any, the rule works around the clock."
    >
      <Stack gap="md" mt="sm">
        <Switch
          label="Only in business hours"
          {...form.getInputProps('businessHours', { type: 'checkbox' })}
        />
        <Stack gap="xs">
          {form.values.intervals.map((interval, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row's values live in the form under its index.
            <Group key={index} wrap="nowrap">
              <Select
                aria-label={`Day of time ${index + 1}`}
                allowDeselect={false}
                data={DAYS.map((label, day) => ({ value: String(day + 1), label }))}
                value={String(interval.weekday)}
                onChange={(day) => form.setFieldValue(`intervals.${index}.weekday`, Number(day))}
              />
              <TextInput
                type="time"
                aria-label={`From, time ${index + 1}`}
                {...form.getInputProps(`intervals.${index}.from`)}
              />
              <TextInput
                type="time"
                aria-label={`To, time ${index + 1}`}
                {...form.getInputProps(`intervals.${index}.to`)}
              />
              <TakeAway
                label={`Take away time ${index + 1}`}
                onClick={() => form.removeListItem('intervals', index)}
              />
            </Group>
          ))}
          <AddButton
            label="Add times"
            onClick={() => form.insertListItem('intervals', { weekday: 1, from: '09:00', to: '17:00' })}
          />
        </Stack>
        <Group>
          <TextInput
            type="datetime-local"
            label="Not before"
            description={OWN_TIME}
            {...form.getInputProps('startsAt')}
          />
          <TextInput
            type="datetime-local"
            label="Not from then on"
            description={OWN_TIME}
            {...form.getInputProps('endsAt')}
          />
        </Group>
      </Stack>
    </Panel>
  );
}
