import { ActionIcon, Button, Checkbox, NumberInput, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { LIMITS } from '../../../shared/limits.ts';
import styles from './settings.module.css';
import type { SettingsFormApi } from './settings-form-api.ts';
import type { CustomFieldValues } from './settings-values.ts';

const PATH = 'dpa.customFields';

const NEW_FIELD: CustomFieldValues = {
  key: '',
  label: '',
  category: '',
  searchable: false,
  retentionDays: '',
  keepAsGiven: false,
};

/** The list of fields that may be kept of a visitor. */
export function CustomFieldsEditor({ form }: { readonly form: SettingsFormApi }) {
  const fields = form.values.dpa.customFields;
  return (
    <>
      {fields.map((_field, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row's values live in the form under its index.
        <div key={index} className={styles.fieldRow}>
          <TextInput
            label="Key"
            placeholder="customerId"
            maxLength={LIMITS.fieldKeyLength}
            {...form.getInputProps(`${PATH}.${index}.key`)}
          />
          <TextInput
            label="Label"
            placeholder="Customer number"
            maxLength={LIMITS.nameLength}
            {...form.getInputProps(`${PATH}.${index}.label`)}
          />
          <TextInput
            label="Category"
            placeholder="contact"
            maxLength={LIMITS.nameLength}
            {...form.getInputProps(`${PATH}.${index}.category`)}
          />
          <NumberInput
            label="Kept, in days"
            placeholder="as the transcript"
            min={1}
            allowDecimal={false}
            {...form.getInputProps(`${PATH}.${index}.retentionDays`)}
          />
          <ActionIcon
            variant="subtle"
            color="red"
            size="lg"
            className={styles.rowRemove}
            aria-label={`Take away field ${fields[index]?.label ?? index + 1}`}
            onClick={() => form.removeListItem(PATH, index)}
          >
            <IconTrash size={18} />
          </ActionIcon>
          <div className={styles.rowChecks}>
            <Checkbox
              label="Searchable"
              {...form.getInputProps(`${PATH}.${index}.searchable`, { type: 'checkbox' })}
            />
            <Checkbox
              label="Kept as given: redaction rules leave it alone"
              {...form.getInputProps(`${PATH}.${index}.keepAsGiven`, { type: 'checkbox' })}
            />
          </div>
        </div>
      ))}
      <Button
        mt="sm"
        variant="default"
        size="sm"
        leftSection={<IconPlus size={16} aria-hidden />}
        disabled={fields.length >= LIMITS.fieldsPerProfile}
        onClick={() => form.insertListItem(PATH, NEW_FIELD)}
      >
        Add a field
      </Button>
    </>
  );
}
