import { Accordion, Badge } from '@mantine/core';
import { useCallback } from 'react';
import type { Decision } from '../../../shared/protocol/index.ts';
import { formatTime } from '../../components/common/format.ts';
import { Failure, Panel, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { TraceView } from '../engagement/trace-view.tsx';

/** Every live rule as it stands for the visitor now, and what was decided so far: what holds, and what is in the way. */
export function WhyNot({ sessionId }: { readonly sessionId: string }) {
  const { api, can } = useConsole();
  const load = useCallback(async () => {
    const [now, before, rules] = await Promise.all([
      api.visitors.whyNot(sessionId),
      api.visitors.decisions(sessionId),
      can('engagement-rule:read') ? api.engagement.list() : [],
    ]);
    return { now: now.items, before: before.items, names: new Map(rules.map(({ id, name }) => [id, name])) };
  }, [api, can, sessionId]);
  const { data, error, reload } = useLoad(load);
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (data === undefined) return <Waiting label="Asking the rules" />;
  return (
    <>
      <Panel title="Decided so far">
        <Decisions decisions={data.before} names={data.names} none="Nothing yet." showTime />
      </Panel>
      <Panel title="Why not?" about="What each rule makes of this visitor at this moment.">
        <Decisions decisions={data.now} names={data.names} none="No rules are live." />
      </Panel>
    </>
  );
}

function Decisions(props: {
  readonly decisions: readonly Decision[];
  readonly names: ReadonlyMap<string, string>;
  readonly none: string;
  readonly showTime?: boolean;
}) {
  const { decisions, names, none } = props;
  if (decisions.length === 0) return <p>{none}</p>;
  return (
    <Accordion multiple mt="sm">
      {decisions.map((decision) => {
        // It becomes part of ids, in which no space may be.
        const key = `${decision.ruleId}-${Date.parse(String(decision.at))}`;
        return (
          <Accordion.Item key={key} value={key}>
            <Accordion.Control>
              {props.showTime === true && `${formatTime(String(decision.at))} `}
              {names.get(decision.ruleId) ?? `Rule ${decision.ruleId}`}{' '}
              <Badge variant="default" tt="none">
                {stateOf(decision)}
              </Badge>
            </Accordion.Control>
            <Accordion.Panel>
              <TraceView trace={decision.trace} ruleNames={names} />
            </Accordion.Panel>
          </Accordion.Item>
        );
      })}
    </Accordion>
  );
}

function stateOf({ fired, trace }: Decision): string {
  if (fired) return 'fired';
  return trace.blockers.length === 0 ? 'holds' : 'held back';
}
