import { Button, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type FormEvent, useRef, useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import type { ConversationStatus } from '../../../shared/protocol/index.ts';
import type { ConversationSearch } from '../../api/calls.ts';
import { useShortcuts } from '../../components/shell/use-shortcuts.ts';
import { AgentFilter, DepartmentFilter, FieldFilter } from './search-filters.tsx';
import styles from './transcripts.module.css';

const STATUSES: readonly { value: ConversationStatus; label: string }[] = [
  { value: 'queued', label: 'Waiting' },
  { value: 'active', label: 'Open' },
  { value: 'closed', label: 'Closed' },
];

/** What a search goes by. What is left empty narrows nothing. */
export function SearchForm({ onSearch }: { readonly onSearch: (query: ConversationSearch) => void }) {
  const first = useRef<HTMLInputElement>(null);
  useShortcuts([{ keys: '/', about: 'Search', group: 'Transcripts', run: () => first.current?.focus() }]);
  const [agentId, setAgentId] = useState<string | null>(null);
  const [departmentId, setDepartmentId] = useState<string | null>(null);
  const [status, setStatus] = useState<string | null>(null);
  const [field, setField] = useState<string | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const typed = (name: string): string => String(values.get(name) ?? '').trim();
    onSearch(
      queryOf({
        caseId: typed('caseId'),
        tag: typed('tag'),
        from: typed('from'),
        to: typed('to'),
        agentId,
        departmentId,
        status: status as ConversationStatus | null,
        field,
        fieldValue: typed('fieldValue'),
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
      <TextInput name="tag" label="Tag" maxLength={LIMITS.tagLength} />
      <DepartmentFilter value={departmentId} onChange={setDepartmentId} />
      <FieldFilter value={field} onChange={setField} />
      <Button type="submit" leftSection={<IconSearch size={16} aria-hidden />}>
        Search
      </Button>
    </form>
  );
}

interface FormValues {
  readonly caseId: string;
  readonly tag: string;
  readonly from: string;
  readonly to: string;
  readonly agentId: string | null;
  readonly departmentId: string | null;
  readonly status: ConversationStatus | null;
  /** Key of a searchable field of the agreement. */
  readonly field: string | null;
  readonly fieldValue: string;
}

/** Days are whole local days: `to` ends with the last millisecond of its day. */
function queryOf(values: FormValues): ConversationSearch {
  const { caseId, tag, from, to, agentId, departmentId, status, field, fieldValue } = values;
  return {
    ...(caseId !== '' && { caseId }),
    ...(tag !== '' && { tag }),
    ...(agentId !== null && { agentId }),
    ...(departmentId !== null && { departmentId }),
    ...(status !== null && { status }),
    ...(from !== '' && { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(to !== '' && { to: new Date(`${to}T23:59:59.999`).toISOString() }),
    ...(field !== null && fieldValue !== '' && { fields: { [field]: fieldValue } }),
  };
}
