import { Table } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { FunnelCounts, IntervalEstimate, WireRuleFunnel } from '../../../shared/protocol/index.ts';
import { instantsOf, lastDays } from '../../components/common/day-range.ts';
import { DayRangeFields } from '../../components/common/day-range-fields.tsx';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import tables from '../../components/common/table.module.css';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './engagement.module.css';
import { EngagementTabs } from './engagement-tabs.tsx';

const DEFAULT_DAYS = 30;
const STEPS: readonly (readonly [keyof FunnelCounts, string])[] = [
  ['shown', 'Shown'],
  ['accepted', 'Accepted'],
  ['dismissed', 'Put away'],
  ['chats', 'Chats'],
  ['rated', 'Rated'],
  ['goals', 'Goal reached'],
];

/** What each rule brings: from shown to the goal, message by message, against those who got nothing. */
export function FunnelScene() {
  const [range, setRange] = useState(() => lastDays(DEFAULT_DAYS, new Date()));
  return (
    <Scene
      title="What rules bring"
      about="Counts by day, without anything that points to a visitor. Intervals are those of 95 % confidence."
    >
      <EngagementTabs part="funnel" />
      <DayRangeFields range={range} onChange={setRange} />
      <Funnels from={range.from} to={range.to} />
    </Scene>
  );
}

function Funnels({ from, to }: { readonly from: string; readonly to: string }) {
  const { api } = useConsole();
  const load = useCallback(() => api.engagement.report(instantsOf({ from, to })), [api, from, to]);
  const { data, error, reload } = useLoad(load);
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (data === undefined) return <Waiting label="Loading the report" />;
  if (data.items.length === 0) return <Panel about="No rule fired in these days." />;
  return data.items.map((funnel) => <RuleFunnel key={funnel.ruleId} funnel={funnel} />);
}

function RuleFunnel({ funnel }: { readonly funnel: WireRuleFunnel }) {
  const { ruleName, variants, holdout, measuredBy } = funnel;
  return (
    <Panel title={ruleName}>
      <div className={tables.scroller}>
        <Table verticalSpacing="xs" aria-label={`Funnel of ${ruleName}`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>
                <span className="visually-hidden">Group</span>
              </Table.Th>
              {STEPS.map(([step, label]) => (
                <Table.Th key={step}>{label}</Table.Th>
              ))}
              <Table.Th>{measuredBy === 'goals' ? 'Reached the goal' : 'Came to a chat'}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <CountsRow label="All" counts={funnel} share={funnel.treated} />
            {variants.length > 1 &&
              variants.map((variant) => (
                <CountsRow
                  key={variant.variant ?? ''}
                  label={`Message ${variant.variant ?? ''}`}
                  counts={variant}
                  share={variant.conversion}
                />
              ))}
            {holdout.shown > 0 && <CountsRow label="Control group" counts={holdout} share={funnel.control} />}
          </Table.Tbody>
        </Table>
      </div>
      <p className={styles.summary}>{upliftText(funnel)}</p>
    </Panel>
  );
}

function CountsRow(props: {
  readonly label: string;
  readonly counts: FunnelCounts;
  readonly share: IntervalEstimate;
}) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{props.label}</Table.Th>
      {STEPS.map(([step]) => (
        <Table.Td key={step}>{props.counts[step]}</Table.Td>
      ))}
      <Table.Td>
        <Interval estimate={props.share} />
      </Table.Td>
    </Table.Tr>
  );
}

/** A share as a dot within its interval, on a line from 0 to 100 %, with the numbers beside it. */
function Interval({ estimate }: { readonly estimate: IntervalEstimate }) {
  const { value, low, high } = estimate;
  return (
    <>
      {percent(value)}{' '}
      <span className={styles.quiet}>
        ({percent(low)} to {percent(high)})
      </span>
      <svg className={styles.interval} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden>
        <line x1="0" y1="5" x2="100" y2="5" strokeWidth="0.5" />
        <rect x={low * 100} y="3" width={Math.max(0.5, (high - low) * 100)} height="4" />
        <circle cx={value * 100} cy="5" r="2" />
      </svg>
    </>
  );
}

function upliftText({ uplift, holdout, measuredBy }: WireRuleFunnel): string {
  const what = measuredBy === 'goals' ? 'reach the goal' : 'come to a chat';
  if (uplift === undefined) {
    return holdout.shown === 0
      ? 'Without a control group it cannot be said what the rule brings: give it one in the rule.'
      : 'There are not enough visitors yet to compare with the control group.';
  }
  const { value, low, high } = uplift;
  const sure = low > 0 ? 'more' : high < 0 ? 'fewer' : undefined;
  const range = `${points(value)} (${points(low)} to ${points(high)})`;
  return sure === undefined
    ? `The difference to the control group, ${range}, may be chance.`
    : `With the rule ${sure} visitors ${what}: ${range} against the control group.`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function points(difference: number): string {
  return `${difference > 0 ? '+' : ''}${(difference * 100).toFixed(1)} percentage points`;
}
