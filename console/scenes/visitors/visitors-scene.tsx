import { Badge, SegmentedControl, Table } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { WireVisitor } from '../../../shared/protocol/index.ts';
import { formatDuration, visitorName } from '../../components/common/format.ts';
import { Empty, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import { useNow } from '../../components/common/use-now.ts';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import type { LiveClient } from '../../live/live-client.ts';
import { VisitorDetail } from './visitor-detail.tsx';
import styles from './visitors.module.css';

/** How often times are renewed. */
const TICK_MS = 5_000;
const ORDERS = [
  { value: 'score', label: 'Highest score' },
  { value: 'newest', label: 'Newest' },
];

/** Who is on the sites now, how they score, and why. */
export default function VisitorsScene() {
  const { live } = useConsole();
  if (live !== undefined) return <LiveScene live={live} />;
  return (
    <Empty icon={<IconUsers size={28} />} title="Only for agents">
      Live visitors are shown to those who handle conversations.
    </Empty>
  );
}

function LiveScene({ live }: { readonly live: LiveClient }) {
  const { router } = useConsole();
  const [, sessionId] = useStore(router.route);
  const { visitors, total, loaded } = useStore(live.visitors.state);
  const [order, setOrder] = useState('score');
  useEffect(() => live.visitors.watch(), [live]);
  if (sessionId !== undefined) return <VisitorDetail key={sessionId} sessionId={sessionId} />;
  return (
    <Scene
      title="Visitors"
      about={loaded ? `${total} on the sites now.` : 'On the sites now.'}
      actions={
        <SegmentedControl aria-label="Order" data={ORDERS} value={order} onChange={setOrder} size="sm" />
      }
    >
      {!loaded && <Waiting label="Loading visitors" />}
      {loaded && visitors.size === 0 && (
        <Empty icon={<IconUsers size={28} />} title="Nobody is here">
          Visitors appear as soon as they open a page with the widget.
        </Empty>
      )}
      {visitors.size > 0 && <VisitorTable visitors={sorted([...visitors.values()], order)} />}
      {loaded && visitors.size < total && (
        <p className={styles.quiet}>{total - visitors.size} more are not listed.</p>
      )}
    </Scene>
  );
}

function VisitorTable({ visitors }: { readonly visitors: readonly WireVisitor[] }) {
  const now = useNow(TICK_MS);
  return (
    <SheetTable label="Live visitors" heads={['Visitor', 'Page', 'Here for', 'Score', 'State']} dense>
      {visitors.map((visitor) => (
        <VisitorRow key={visitor.sessionId} visitor={visitor} now={now} />
      ))}
    </SheetTable>
  );
}

function VisitorRow({ visitor, now }: { readonly visitor: WireVisitor; readonly now: number }) {
  const { page, device, browser, visits } = visitor;
  const about = [device, browser, visits > 1 ? `visit ${visits}` : 'first visit'].join(', ');
  return (
    <Table.Tr>
      <Table.Td>
        <Link to={['visitors', visitor.sessionId]} className={styles.link}>
          {visitorName(visitor.sessionId)}
        </Link>
        <div className={styles.quiet}>{about}</div>
      </Table.Td>
      <Table.Td className={styles.page ?? ''}>
        {page?.title ?? ''}
        <div className={styles.quiet}>{page?.url}</div>
      </Table.Td>
      <Table.Td>
        {formatDuration(now - Date.parse(visitor.startedAt))}
        <div className={styles.quiet}>
          {visitor.pageViews} {visitor.pageViews === 1 ? 'page' : 'pages'}
        </div>
      </Table.Td>
      <Table.Td>
        {visitor.score}
        <div className={styles.quiet}>{visitor.scoreParts.map(({ name }) => name).join(', ')}</div>
      </Table.Td>
      <Table.Td>
        <StateBadge visitor={visitor} />
      </Table.Td>
    </Table.Tr>
  );
}

const INVITE_STATES = {
  shown: 'invited',
  accepted: 'accepted',
  dismissed: 'put the invitation away',
  lapsed: 'did not answer',
} as const;

/** Where the visitor stands: in a chat, invited, or just looking. */
export function StateBadge({ visitor }: { readonly visitor: WireVisitor }) {
  const text =
    visitor.conversationId !== undefined
      ? 'in a chat'
      : visitor.invite !== undefined
        ? INVITE_STATES[visitor.invite.state]
        : !visitor.online
          ? 'gone'
          : visitor.idle
            ? 'idle'
            : 'browsing';
  return (
    <Badge variant="default" tt="none">
      {text}
    </Badge>
  );
}

function sorted(visitors: readonly WireVisitor[], order: string): readonly WireVisitor[] {
  const newest = (a: WireVisitor, b: WireVisitor): number => b.startedAt.localeCompare(a.startedAt);
  return visitors.toSorted(order === 'newest' ? newest : (a, b) => b.score - a.score || newest(a, b));
}
