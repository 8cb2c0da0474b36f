import { Button, Select, Table, TextInput } from '@mantine/core';
import { IconFileSearch, IconSearch } from '@tabler/icons-react';
import { type FormEvent, useCallback, useRef, useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import type {
  ConversationQuery,
  ConversationStatus,
  WireConversation,
} from '../../../shared/protocol/index.ts';
import { formatDateTime, visitorName } from '../../components/common/format.ts';
import { Empty, Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { StatusBadge } from '../../components/common/status-badge.tsx';
import { useLoad, usePages } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import { useShortcuts } from '../../components/shell/use-shortcuts.ts';
import styles from './transcripts.module.css';

/** Finds kept conversations by case, agent, time and status. Lists hold no message text. */
export function TranscriptSearch() {
  const { api } = useConsole();
  const [query, setQuery] = useState<ConversationQuery>({});
  const load = useCallback(
    (cursor: string | undefined) => api.conversations.list(query, cursor),
    [api, query],
  );
  const pages = usePages(load);
  return (
    <Scene
      title="Transcripts"
      about="Every conversation that has not expired. Opening one is written to the audit log."
    >
      <SearchForm onSearch={setQuery} />
      {pages.error !== undefined && <Failure error={pages.error} retry={pages.reload} />}
      {pages.items.length > 0 && <Results items={pages.items} />}
      {pages.items.length === 0 && !pages.loading && pages.error === undefined && (
        <Panel>
          <Empty icon={<IconFileSearch size={28} />} title="No conversation found">
            Nothing matches, or it has expired. Try fewer conditions.
          </Empty>
        </Panel>
      )}
      {pages.loading && <Waiting label="Searching" />}
      {pages.hasMore && !pages.loading && (
        <Button variant="default" fullWidth onClick={pages.more}>
          Show more
        </Button>
      )}
    </Scene>
  );
}

const STATUSES: readonly { value: ConversationStatus; label: string }[] = [
  { value: 'queued', label: 'Waiting' },
  { value: 'active', label: 'Open' },
  { value: 'closed', label: 'Closed' },
];

function SearchForm({ onSearch }: { readonly onSearch: (query: ConversationQuery) => void }) {
  const first = useRef<HTMLInputElement>(null);
  useShortcuts([{ keys: '/', about: 'Search', group: 'Transcripts', run: () => first.current?.focus() }]);
  const [agentId, setAgentId] = useState<string | null>(null);
  const [status, setStatus] = useState<string | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    onSearch(
      queryOf({
        caseId: String(values.get('caseId') ?? '').trim(),
        from: String(values.get('from') ?? ''),
        to: String(values.get('to') ?? ''),
        agentId,
        status: status as ConversationStatus | null,
      }),
    );
  };
  return (
    <form onSubmit={submit} className={styles.search} aria-label="Search transcripts">
      <TextInput
        ref={first}
        name="caseId"
        label="Case id"
        maxLength={LIMITS.caseIdLength}
        placeholder="C-…"
      />
      <AgentFilter value={agentId} onChange={setAgentId} />
      <TextInput name="from" type="date" label="From" />
      <TextInput name="to" type="date" label="To, inclusive" />
      <Select
        label="Status"
        placeholder="Any"
        clearable
        data={STATUSES.map(({ value, label }) => ({ value, label }))}
        value={status}
        onChange={setStatus}
      />
      <Button type="submit" leftSection={<IconSearch size={16} aria-hidden />}>
        Search
      </Button>
    </form>
  );
}

/** By name for those who may list the staff; others can look for their own. */
function AgentFilter(props: {
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}) {
  const { api, can, user } = useConsole();
  const listed = can('user:read');
  const load = useCallback(
    async () => (listed ? await api.users.list() : [{ id: user.id, name: `${user.name} (you)` }]),
    [api, listed, user.id, user.name],
  );
  const { data } = useLoad(load);
  return (
    <Select
      label="Agent"
      placeholder="Anyone"
      clearable
      searchable
      nothingFoundMessage="Nobody of that name"
      data={(data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={props.value}
      onChange={props.onChange}
    />
  );
}

interface FormValues {
  readonly caseId: string;
  readonly from: string;
  readonly to: string;
  readonly agentId: string | null;
  readonly status: ConversationStatus | null;
}

/** Days are whole local days: `to` ends with the last millisecond of its day. */
function queryOf({ caseId, from, to, agentId, status }: FormValues): ConversationQuery {
  return {
    ...(caseId !== '' && { caseId }),
    ...(agentId !== null && { agentId }),
    ...(status !== null && { status }),
    ...(from !== '' && { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(to !== '' && { to: new Date(`${to}T23:59:59.999`).toISOString() }),
  };
}

function Results({ items }: { readonly items: readonly WireConversation[] }) {
  return (
    <section className={styles.results} aria-label="Conversations">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <div className={styles.scroller} tabIndex={0}>
        <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Case</Table.Th>
              <Table.Th>Visitor</Table.Th>
              <Table.Th>Agent</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th>Started</Table.Th>
              <Table.Th>Tags</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={item.id}>
                <Table.Td>
                  <Link to={['transcripts', item.id]} className={styles.caseLink}>
                    {item.caseId}
                  </Link>
                </Table.Td>
                <Table.Td>{visitorName(item.sessionId)}</Table.Td>
                <Table.Td>{item.agent?.name ?? '–'}</Table.Td>
                <Table.Td>
                  <StatusBadge status={item.status} />
                </Table.Td>
                <Table.Td>{formatDateTime(item.startedAt)}</Table.Td>
                <Table.Td className={styles.tagCell}>{item.tags.join(', ')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}
