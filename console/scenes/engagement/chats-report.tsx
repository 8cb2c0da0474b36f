import { Table } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { ConversationFigures } from '../../../shared/protocol/index.ts';
import { instantsOf, lastDays } from '../../components/common/day-range.ts';
import { DayRangeFields } from '../../components/common/day-range-fields.tsx';
import { formatDuration } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { EngagementTabs } from './engagement-tabs.tsx';

const DEFAULT_DAYS = 30;
const HEADS = [
  'Started',
  'Taken',
  'Average wait',
  'Longest wait',
  'Closed',
  'Nobody came',
  'Average chat',
  'Rated',
  'Average rating',
];

/** How many chats there were, how long people waited for them, and what they thought of them. */
export function ChatsReport() {
  const [range, setRange] = useState(() => lastDays(DEFAULT_DAYS, new Date()));
  return (
    <Scene
      title="Chats"
      about="Counts by day, kept for thirteen months, without anything that points to a visitor."
    >
      <EngagementTabs part="chats" />
      <DayRangeFields range={range} onChange={setRange} />
      <Report from={range.from} to={range.to} />
    </Scene>
  );
}

function Report({ from, to }: { readonly from: string; readonly to: string }) {
  const { api } = useConsole();
  const load = useCallback(() => api.engagement.chats(instantsOf({ from, to })), [api, from, to]);
  const { data, error, reload } = useLoad(load);
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (data === undefined) return <Waiting label="Loading the report" />;
  const { total, days, agents, departments } = data;
  if (days.length === 0) return <Panel about="There was no chat in these days." />;
  return (
    <>
      <Figures
        label="By day"
        head="Day"
        rows={[
          { key: 'all', name: 'All', figures: total },
          ...days.toReversed().map(({ day, ...figures }) => ({ key: day, name: day, figures })),
        ]}
      />
      {agents.length > 0 && (
        <Figures
          label="By agent"
          head="Agent"
          rows={agents.map(({ agentId, name = 'no longer here', ...figures }) => ({
            key: agentId,
            name,
            figures,
          }))}
        />
      )}
      {departments.length > 0 && (
        <Figures
          label="By department"
          head="Department"
          rows={departments.map(({ departmentId, name = 'no longer there', ...figures }) => ({
            key: departmentId,
            name,
            figures,
          }))}
        />
      )}
    </>
  );
}

function Figures(props: {
  readonly label: string;
  readonly head: string;
  readonly rows: readonly { key: string; name: string; figures: ConversationFigures }[];
}) {
  return (
    <SheetTable label={props.label} heads={[props.head, ...HEADS]} dense>
      {props.rows.map(({ key, name, figures }) => (
        <Table.Tr key={key}>
          <Table.Td>{name}</Table.Td>
          <Table.Td>{figures.started}</Table.Td>
          <Table.Td>{figures.taken}</Table.Td>
          <Table.Td>{duration(figures.averageWaitMs)}</Table.Td>
          <Table.Td>{duration(figures.longestWaitMs)}</Table.Td>
          <Table.Td>{figures.closed}</Table.Td>
          <Table.Td>{figures.abandoned}</Table.Td>
          <Table.Td>{duration(figures.averageHandlingMs)}</Table.Td>
          <Table.Td>{figures.rated}</Table.Td>
          <Table.Td>{figures.averageRating ?? '–'}</Table.Td>
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

function duration(ms: number | undefined): string {
  return ms === undefined ? '–' : formatDuration(ms);
}
