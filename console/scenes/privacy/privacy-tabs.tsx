import { type Tab, Tabs } from '../../components/common/tabs.tsx';

const TABS = [
  { part: undefined, label: 'Requests', needs: 'subject:export' },
  { part: 'certificates', label: 'Certificates', needs: 'certificate:read' },
  { part: 'holds', label: 'Legal holds', needs: 'legal-hold:read' },
  { part: 'expiry', label: 'What goes when', needs: 'retention:read' },
  { part: 'activity', label: 'Addresses', needs: 'activity-log:read' },
] as const satisfies readonly Tab[];

/** Where in the scene one can go. */
export function PrivacyTabs({ part }: { readonly part: (typeof TABS)[number]['part'] }) {
  return <Tabs label="Privacy" scene="privacy" tabs={TABS} part={part} />;
}
