import { Button, Group, Modal, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowLeft } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { FieldFault, WireRedactionRule } from '../../../shared/protocol/index.ts';
import { ApiError } from '../../api/problem.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { Panel, Scene } from '../../components/common/scene.tsx';
import { FormFailure, useSave } from '../../components/common/use-save.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import { PatternFault } from './pattern-fault.tsx';
import styles from './redaction.module.css';
import { RuleFields } from './rule-fields.tsx';
import { draftOf, fieldOf, newRuleValues, type RuleValues, valuesOf, withoutNulls } from './rule-values.ts';
import { TryOut } from './try-out.tsx';

const DRAFT_ID = 'draft';

/** Makes a rule or changes one, with what it does to a text shown while it is written. */
export function RuleEditor(props: {
  readonly rule: WireRedactionRule | undefined;
  readonly rules: readonly WireRedactionRule[];
  readonly onSaved: () => void;
}) {
  const { api, router, can } = useConsole();
  const { rule, rules } = props;
  const writable = can('redaction-rule:write');
  const last = Math.max(0, ...rules.map(({ order }) => order));
  const form = useForm<RuleValues>({
    initialValues: rule === undefined ? newRuleValues(last + 1) : valuesOf(rule),
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      pattern: (value) => (value === '' ? 'Enter a pattern' : null),
      from: (value) => (value.length === 0 ? 'Choose at least one' : null),
      places: (value) => (value.length === 0 ? 'Choose at least one' : null),
    },
  });
  const { save, busy, failure } = useSave({
    setErrors: (_errors, faults) => form.setErrors(atFields(faults, form.values.pattern)),
  });
  const submit = form.onSubmit((values) =>
    save(async () => {
      const draft = draftOf(values);
      if (rule === undefined) await api.rules.create(withoutNulls(draft));
      else await api.rules.change(rule.id, draft);
      showDone(`${draft.name} is saved and works from now on.`);
      props.onSaved();
      router.navigate('redaction');
    }),
  );
  /** The live trial finds a bad pattern before it is saved. */
  const showTrialError = (error: unknown): void => {
    const fault = error instanceof ApiError ? error.faults[0] : undefined;
    if (fault !== undefined && form.values.pattern !== '')
      form.setFieldError(fieldOf(fault.path), shown(fault, form.values.pattern));
    else form.clearFieldError('pattern');
  };
  const tried = form.values.pattern === '' ? [] : [{ ...triedRule(form.values), id: DRAFT_ID }];
  return (
    <Scene
      title={rule === undefined ? 'New rule' : rule.name}
      actions={
        writable && (
          <>
            {rule !== undefined && rule.builtin === undefined && (
              <RemoveButton rule={rule} onRemoved={props.onSaved} />
            )}
            <Button type="submit" form="rule" loading={busy}>
              Save
            </Button>
          </>
        )
      }
    >
      <p className={styles.backRow}>
        <Link to={['redaction']} className={styles.ruleLink}>
          <IconArrowLeft size={15} aria-hidden /> All rules
        </Link>
        {rule !== undefined && (
          <Link to={['redaction', 'history', rule.id]} className={styles.ruleLink}>
            Its history
          </Link>
        )}
      </p>
      <FormFailure failure={failure} />
      <div className={styles.columns}>
        <form id="rule" onSubmit={submit} noValidate>
          <fieldset disabled={!writable} className={styles.fieldset}>
            <legend className="visually-hidden">Rule</legend>
            <RuleFields form={form} checks={checksOf(rules)} />
          </fieldset>
        </form>
        <div className={styles.sticky}>
          <Panel title="Trial" about="This rule alone, as it is written here.">
            <TryOut rules={tried} nameOf={() => form.values.name || 'This rule'} onError={showTrialError} />
          </Panel>
        </div>
      </div>
    </Scene>
  );
}

/** The rule under trial: on, whatever its switch says, and without examples, which are judged on save. */
function triedRule(values: RuleValues): object {
  const { examples: _examples, name, ...draft } = withoutNulls(draftOf({ ...values, enabled: true }));
  return { ...draft, ...(name !== '' && { name }) };
}

function atFields(faults: readonly FieldFault[], pattern: string): Record<string, ReactNode> {
  return Object.fromEntries(faults.map((fault) => [fieldOf(fault.path), shown(fault, pattern)]));
}

function shown(fault: FieldFault, pattern: string): ReactNode {
  return fieldOf(fault.path) === 'pattern' ? <PatternFault fault={fault} pattern={pattern} /> : fault.message;
}

/** The checks that there are: every built-in rule of the account names its own. */
function checksOf(rules: readonly WireRedactionRule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ check }) => (check === undefined ? [] : [check])))].sort();
}

function RemoveButton({
  rule,
  onRemoved,
}: {
  readonly rule: WireRedactionRule;
  readonly onRemoved: () => void;
}) {
  const { api, router } = useConsole();
  const [asking, setAsking] = useState(false);
  const remove = async (): Promise<void> => {
    const worked = await attempt(() => api.rules.remove(rule.id));
    if (!worked) return;
    onRemoved();
    router.navigate('redaction');
  };
  return (
    <>
      <Button variant="light" color="red" onClick={() => setAsking(true)}>
        Remove
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Remove ${rule.name}?`}>
        <Text size="sm">
          From then on, what it recognises is stored. What it has removed so far stays removed.
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
