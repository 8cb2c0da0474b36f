import {
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import {
  conditionFaults,
  ENGAGEMENT_LIMITS,
  type RuleFault,
  type WireEngagementRule,
} from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import { ConditionTreeEditor } from './condition-tree.tsx';
import styles from './engagement.module.css';
import { InviteFields, MomentFields, type RuleForm } from './invite-fields.tsx';
import { RuleSummary } from './rule-summary.tsx';
import { changeOf, draftOf, fieldOf, newRuleValues, type RuleValues, valuesOf } from './rule-values.ts';
import { ScheduleFields } from './schedule-fields.tsx';
import { TryVisitor } from './try-visitor.tsx';

const KINDS = [
  { value: 'engage', label: 'Invites visitors' },
  { value: 'score', label: 'Scores visitors' },
];

/** Makes a rule or changes one, in words and rows, and shows what it would do. */
export function RuleEditor(props: {
  readonly rule: WireEngagementRule | undefined;
  readonly onSaved: () => void;
}) {
  const { api, router, can } = useConsole();
  const { rule } = props;
  const writable = can('engagement-rule:write');
  const form = useForm<RuleValues>({
    initialValues: rule === undefined ? newRuleValues() : valuesOf(rule),
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      when: (value) => (conditionFaults(value).length > 0 ? 'Mend the conditions that are marked' : null),
      points: (value, { kind }) => (kind === 'score' && value === '' ? 'Enter a number' : null),
      message: (value, { kind }) => (kind === 'engage' && value.trim() === '' ? 'Enter a message' : null),
    },
  });
  const [refused, setRefused] = useState<readonly RuleFault[]>([]);
  const { save, busy, failure } = useSave({
    setErrors: (faults) => {
      setRefused(whenFaults(faults));
      form.setErrors(Object.fromEntries(Object.entries(faults).map(([path, text]) => [fieldOf(path), text])));
    },
  });
  const submit = form.onSubmit((values) =>
    save(async () => {
      if (rule === undefined) await api.engagement.create(draftOf(values));
      else await api.engagement.change(rule.id, changeOf(values));
      showDone(`${values.name.trim()} is saved.`);
      props.onSaved();
      router.navigate('engagement');
    }),
  );
  return (
    <Scene
      title={rule === undefined ? 'New rule' : rule.name}
      actions={
        writable && (
          <>
            {rule !== undefined && <RemoveButton rule={rule} onRemoved={props.onSaved} />}
            <Button type="submit" form="engagement-rule" loading={busy}>
              Save
            </Button>
          </>
        )
      }
    >
      <p className={styles.backRow}>
        <Link to={['engagement']} className={styles.ruleLink}>
          <IconArrowLeft size={15} aria-hidden /> All rules
        </Link>
      </p>
      <FormFailure failure={failure} />
      <div className={styles.columns}>
        <form id="engagement-rule" onSubmit={submit} noValidate>
          <fieldset disabled={!writable} className={styles.fieldset}>
            <legend className="visually-hidden">Rule</legend>
            <RuleFields form={form} refused={refused} />
          </fieldset>
        </form>
        <div className={styles.sticky}>
          <Panel title="In words">
            <RuleSummary rule={draftOf(form.values)} />
          </Panel>
          <TryVisitor rule={draftOf(form.values)} {...(rule !== undefined && { ruleId: rule.id })} />
        </div>
      </div>
    </Scene>
  );
}

function RuleFields({ form, refused }: { readonly form: RuleForm; readonly refused: readonly RuleFault[] }) {
  const { values } = form;
  const faults = [...conditionFaults(values.when), ...refused];
  return (
    <>
      <Panel>
        <Stack gap="md">
          <TextInput label="Name" required maxLength={LIMITS.nameLength} {...form.getInputProps('name')} />
          <SegmentedControl
            aria-label="Kind of rule"
            className={styles.start ?? ''}
            data={KINDS}
            {...form.getInputProps('kind')}
          />
          {values.kind === 'score' && (
            <NumberInput
              label="Points while the conditions hold"
              description="Below zero takes points away"
              allowDecimal={false}
              min={-ENGAGEMENT_LIMITS.points}
              max={ENGAGEMENT_LIMITS.points}
              w={280}
              {...form.getInputProps('points')}
            />
          )}
          <Switch label="The rule is on" {...form.getInputProps('enabled', { type: 'checkbox' })} />
        </Stack>
      </Panel>
      <Panel title="If">
        <Stack gap="sm" mt="sm">
          <ConditionTreeEditor
            tree={values.when}
            faults={faults}
            onChange={(when) => form.setFieldValue('when', when)}
          />
          {form.errors.when !== undefined && (
            <p className={styles.fault} role="alert">
              {form.errors.when}
            </p>
          )}
          <Switch
            label="Also while the visitor is in a chat"
            {...form.getInputProps('duringChat', { type: 'checkbox' })}
          />
        </Stack>
      </Panel>
      {values.kind === 'engage' && (
        <>
          <InviteFields form={form} />
          <MomentFields form={form} />
          <ScheduleFields form={form} />
        </>
      )}
    </>
  );
}

/** What the server alone could find, such as a pattern that cannot run, by its place in the conditions. */
function whenFaults(faults: Readonly<Record<string, string>>): readonly RuleFault[] {
  return Object.entries(faults)
    .filter(([path]) => path.startsWith('when.'))
    .map(([path, message]) => ({ path: path.split('.').slice(1), message }));
}

function RemoveButton(props: { readonly rule: WireEngagementRule; readonly onRemoved: () => void }) {
  const { rule, onRemoved } = props;
  const { api, router } = useConsole();
  const [asking, setAsking] = useState(false);
  const remove = async (): Promise<void> => {
    const worked = await attempt(() => api.engagement.remove(rule.id));
    if (!worked) return;
    onRemoved();
    router.navigate('engagement');
  };
  return (
    <>
      <Button variant="light" color="red" onClick={() => setAsking(true)}>
        Remove
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Remove ${rule.name}?`}>
        <Text size="sm">
          Where rules are published by hand, it works until they are published without it.
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setAsking(false)}>
            Keep
          </Button>
          <Button color="red" onClick={() => void remove()}>
            Remove
          </Button>
        </Group>
      </Modal>
    </>
  );
}
