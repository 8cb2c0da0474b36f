import { type Tab, Tabs } from '../../components/common/tabs.tsx';

const TABS = [
  { part: undefined, label: 'Rules' },
  { part: 'stored', label: 'Apply to stored' },
  { part: 'report', label: 'Report' },
  { part: 'history', label: 'History' },
] as const satisfies readonly Tab[];

/** Where in the scene one can go. */
export function RedactionTabs({ part }: { readonly part: (typeof TABS)[number]['part'] }) {
  return <Tabs label="Redaction" scene="redaction" tabs={TABS} part={part} />;
}
