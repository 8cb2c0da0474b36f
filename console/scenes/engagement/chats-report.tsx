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
type Column = readonly [head: string, value: (figures: ConversationFigures) => number | string];

/** What is nobody's yet: it has no place beside an agent. */
const OF_ALL: readonly Column[] = [
  ['Started', ({ started }) => started],
  ['Nobody came', ({ abandoned }) => abandoned],
];
const COLUMNS: readonly Column[] = [
  ['Taken', ({ taken }) => taken],
  ['Average wait', ({ averageWaitMs }) => duration(averageWaitMs)],
  ['Longest wait', ({ longestWaitMs }) => duration(longestWaitMs)],
  ['Closed', ({ closed }) => closed],
  ['Average chat', ({ averageHandlingMs }) => duration(averageHandlingMs)],
  ['Rated', ({ rated }) => rated],
  ['Average rating', ({ averageRating }) => averageRating ?? '–'],
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
        columns={[...OF_ALL, ...COLUMNS]}
        rows={[
          { key: 'all', name: 'All', figures: total },
          ...days.toReversed().map(({ day, ...figures }) => ({ key: day, name: day, figures })),
        ]}
      />
      {agents.length > 0 && (
        <Figures
          label="By agent"
          head="Agent"
          columns={COLUMNS}
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
          columns={[...OF_ALL, ...COLUMNS]}
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
  readonly columns: readonly Column[];
  readonly rows: readonly { key: string; name: string; figures: ConversationFigures }[];
}) {
  const { label, head, columns, rows } = props;
  return (
    <SheetTable label={label} heads={[head, ...columns.map(([title]) => title)]} dense>
      {rows.map(({ key, name, figures }) => (
        <Table.Tr key={key}>
          <Table.Td>{name}</Table.Td>
          {columns.map(([title, figureOf]) => (
            <Table.Td key={title}>{figureOf(figures)}</Table.Td>
          ))}
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

function duration(ms: number | undefined): string {
  return ms === undefined ? '–' : formatDuration(ms);
}
