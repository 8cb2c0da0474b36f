import { Table } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { RedactionReportItem } from '../../../shared/protocol/index.ts';
import { type DayRange, daysOf, instantsOf, lastDays } from '../../components/common/day-range.ts';
import { DayRangeFields } from '../../components/common/day-range-fields.tsx';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import styles from './redaction.module.css';
import { RedactionTabs } from './redaction-tabs.tsx';
import { byRule, type RuleCounts } from './report-values.ts';

const DEFAULT_DAYS = 30;
const BAR_HEIGHT = 28;

/** How much each rule took out, by day. There are counts here and nothing else. */
export function ReportScene() {
  const [range, setRange] = useState(() => lastDays(DEFAULT_DAYS, new Date()));
  const days = daysOf(range);
  return (
    <Scene
      title="What was removed"
      about="How often each rule took something out of a text. What it was is kept nowhere."
    >
      <RedactionTabs part="report" />
      <DayRangeFields range={range} onChange={setRange} />
      {days.length === 0 ? (
        <Panel about="Choose a first day that is not after the last one." />
      ) : (
        <Counts range={range} days={days} />
      )}
    </Scene>
  );
}

function Counts({ range, days }: { readonly range: DayRange; readonly days: readonly string[] }) {
  const { api } = useConsole();
  const { from, to } = range;
  const load = useCallback(() => api.redaction.report(instantsOf({ from, to })), [api, from, to]);
  const { data, error, reload } = useLoad(load);
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (data === undefined) return <Waiting label="Loading the report" />;
  const rules = byRule(data.items, days);
  if (rules.length === 0) return <Panel about="Nothing was removed in these days." />;
  return (
    <>
      <RuleTable rules={rules} />
      <DayTable items={data.items} />
    </>
  );
}

function RuleTable({ rules }: { readonly rules: readonly RuleCounts[] }) {
  const highest = Math.max(...rules.flatMap(({ byDay }) => byDay));
  return (
    <SheetTable label="By rule" heads={['Rule', 'Times', 'Day by day']} dense>
      {rules.map((rule) => (
        <Table.Tr key={rule.ruleId}>
          <Table.Td>{rule.name}</Table.Td>
          <Table.Td>{rule.total}</Table.Td>
          <Table.Td>
            <Bars rule={rule} highest={highest} />
          </Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

/** One bar a day, all rules to the same scale. The numbers are in the table by day. */
function Bars({ rule, highest }: { readonly rule: RuleCounts; readonly highest: number }) {
  const { byDay, name } = rule;
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 ${byDay.length} ${BAR_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${name}, at most ${Math.max(...byDay)} a day`}
    >
      {byDay.map((count, day) => {
        const height = (count / highest) * BAR_HEIGHT;
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its day's place in the range.
        return <rect key={day} x={day + 0.1} y={BAR_HEIGHT - height} width={0.8} height={height} />;
      })}
    </svg>
  );
}

function DayTable({ items }: { readonly items: readonly RedactionReportItem[] }) {
  return (
    <details className={styles.details}>
      <summary>Numbers by day</summary>
      <SheetTable label="By day" heads={['Day', 'Rule', 'Times']} dense>
        {items.toReversed().map(({ day, ruleId, ruleName, count }) => (
          <Table.Tr key={`${day} ${ruleId}`}>
            <Table.Td>{day}</Table.Td>
            <Table.Td>{ruleName}</Table.Td>
            <Table.Td>{count}</Table.Td>
          </Table.Tr>
        ))}
      </SheetTable>
    </details>
  );
}
