import { Alert, Button, Group, List, Modal, Progress, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { WireRedactionRule } from '../../../shared/protocol/index.ts';
import { explain } from '../../components/common/explain.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { type ImportStep, parseRules, planImport } from './rule-transfer.ts';

/** Shows what a file would change, does it when confirmed, and names what the server refused. */
export function ImportDialog(props: {
  readonly file: File;
  readonly rules: readonly WireRedactionRule[];
  readonly onClose: () => void;
}) {
  const { file, rules } = props;
  const [plan, setPlan] = useState<readonly ImportStep[]>();
  const [fault, setFault] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the plan is made once, for the rules as they were.
  useEffect(() => {
    file
      .text()
      .then((text) => setPlan(planImport(parseRules(text), rules)))
      .catch((error: unknown) =>
        setFault(error instanceof Error ? error.message : 'The file cannot be read.'),
      );
  }, [file]);
  const { done, refused, run, state } = useImport(plan ?? []);
  const created = plan?.filter(({ kind }) => kind === 'create').length ?? 0;
  return (
    <Modal opened onClose={props.onClose} title="Import rules">
      {fault !== undefined && <Alert color="red">{fault}</Alert>}
      {plan && state === 'ready' && (
        <Text size="sm">
          {created} new rules, and {plan.length - created} that are here already and will be replaced.
        </Text>
      )}
      {plan && state !== 'ready' && (
        <Progress value={(done / Math.max(1, plan.length)) * 100} aria-label="Rules imported" />
      )}
      {state === 'done' && (
        <Text size="sm" mt="sm" role="status">
          {done - refused.length} rules imported{refused.length > 0 && `, ${refused.length} refused:`}
        </Text>
      )}
      <List size="sm" mt="xs">
        {refused.map(({ name, reason }) => (
          <List.Item key={name}>
            {name}: {reason}
          </List.Item>
        ))}
      </List>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={props.onClose}>
          {state === 'done' ? 'Close' : 'Cancel'}
        </Button>
        {state !== 'done' && (
          <Button disabled={plan === undefined} loading={state === 'running'} onClick={() => void run()}>
            Import
          </Button>
        )}
      </Group>
    </Modal>
  );
}

function useImport(plan: readonly ImportStep[]) {
  const { api } = useConsole();
  const [state, setState] = useState<'ready' | 'running' | 'done'>('ready');
  const [done, setDone] = useState(0);
  const [refused, setRefused] = useState<readonly { name: string; reason: string }[]>([]);
  const run = async (): Promise<void> => {
    setState('running');
    for (const step of plan) {
      try {
        if (step.kind === 'create') await api.rules.create(step.rule);
        else await api.rules.change(step.id, step.rule);
      } catch (error) {
        setRefused((former) => [...former, { name: step.rule.name, reason: explain(error) }]);
      }
      setDone((former) => former + 1);
    }
    setState('done');
  };
  return { done, refused, run, state };
}
