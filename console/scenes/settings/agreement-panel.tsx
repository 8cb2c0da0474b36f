import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { CustomField } from '../../../shared/protocol/index.ts';
import { Panel } from '../../components/common/scene.tsx';
import { CustomFieldsEditor } from './custom-fields-editor.tsx';
import type { SettingsFormApi } from './settings-form-api.ts';

/** Which fields of a profile may be kept, and what saving takes away from those that were. */
export function AgreementPanel(props: {
  readonly form: SettingsFormApi;
  readonly saved: readonly CustomField[];
}) {
  const { form, saved } = props;
  const listed = new Set(form.values.dpa.customFields.map(({ key }) => key));
  const gone = saved.filter(({ key }) => !listed.has(key)).map(({ label }) => label);
  return (
    <Panel
      title="Fields allowed by the data-processing agreement"
      about="A profile field is kept only if it is listed here. Taking a field away erases its values from what is already kept."
    >
      <CustomFieldsEditor form={form} />
      {gone.length > 0 && (
        <Alert mt="md" color="orange" icon={<IconAlertTriangle aria-hidden />} title="Values will go now">
          The values of {gone.join(', ')} are erased from every profile and from the search within minutes of
          saving. They cannot be brought back.
        </Alert>
      )}
    </Panel>
  );
}
