import { ActionIcon, Button, Select, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import styles from './settings.module.css';
import type { SettingsFormApi } from './settings-form-api.ts';

const PATH = 'businessHours.intervals';
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const WORKING_DAYS = [1, 2, 3, 4, 5];

/** When the account is open, day by day, in its own time zone. */
export function BusinessHoursFields({ form }: { readonly form: SettingsFormApi }) {
  const { alwaysOpen, intervals } = form.values.businessHours;
  const switchAlways = (open: boolean): void => {
    form.setFieldValue('businessHours.alwaysOpen', open);
    if (open || intervals.length > 0) return;
    form.setFieldValue(
      PATH,
      WORKING_DAYS.map((weekday) => ({ weekday, from: '09:00', to: '17:00' })),
    );
  };
  return (
    <>
      <Switch
        mt="sm"
        label="Always open"
        checked={alwaysOpen}
        onChange={(event) => switchAlways(event.currentTarget.checked)}
      />
      {!alwaysOpen &&
        intervals.map((interval, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row's values live in the form under its index.
          <div key={index} className={styles.hoursRow}>
            <Select
              aria-label={`Day of interval ${index + 1}`}
              allowDeselect={false}
              data={DAYS.map((label, day) => ({ value: String(day + 1), label }))}
              value={String(interval.weekday)}
              onChange={(day) => form.setFieldValue(`${PATH}.${index}.weekday`, Number(day))}
            />
            <TextInput
              type="time"
              aria-label={`Opens, interval ${index + 1}`}
              {...form.getInputProps(`${PATH}.${index}.from`)}
            />
            <TextInput
              type="time"
              aria-label={`Closes, interval ${index + 1}`}
              {...form.getInputProps(`${PATH}.${index}.to`)}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              size="lg"
              aria-label={`Take away interval ${index + 1}`}
              onClick={() => form.removeListItem(PATH, index)}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </div>
        ))}
      {!alwaysOpen && (
        <Button
          mt="sm"
          size="sm"
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => form.insertListItem(PATH, { weekday: 1, from: '09:00', to: '17:00' })}
        >
          Add hours
        </Button>
      )}
    </>
  );
}
