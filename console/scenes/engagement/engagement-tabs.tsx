import { type Tab, Tabs } from '../../components/common/tabs.tsx';

const TABS = [
  { part: undefined, label: 'Rules' },
  { part: 'funnel', label: 'Funnel', needs: 'report:read' },
  { part: 'chats', label: 'Chats', needs: 'report:read' },
  { part: 'versions', label: 'Versions' },
] as const satisfies readonly Tab[];

/** Where in the scene one can go. */
export function EngagementTabs({ part }: { readonly part: (typeof TABS)[number]['part'] }) {
  return <Tabs label="Engagement" scene="engagement" tabs={TABS} part={part} />;
}
