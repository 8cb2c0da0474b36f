import { Badge, Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useCallback } from 'react';
import type { WireRedactionRule, WireRedactionRuleChange } from '../../../shared/protocol/index.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Empty, Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { usePages } from '../../components/common/use-load.ts';
import { useStaffNames } from '../../components/common/use-staff-names.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { Link } from '../../components/shell/link.tsx';
import styles from './redaction.module.css';
import { RedactionTabs } from './redaction-tabs.tsx';
import { differencesOf, nameIn } from './rule-diff.ts';

/** Who changed what and when: of all rules, or of one, which may be removed since. */
export function RuleHistory(props: {
  readonly ruleId: string | undefined;
  readonly rules: readonly WireRedactionRule[];
}) {
  const { api } = useConsole();
  const { ruleId, rules } = props;
  const load = useCallback(
    (cursor: string | undefined) => api.redaction.changes(ruleId, cursor),
    [api, ruleId],
  );
  const { items, error, loading, hasMore, more, reload } = usePages(load);
  const whoIs = useStaffNames();
  const newest = items[0];
  return (
    <Scene
      title={ruleId === undefined || newest === undefined ? 'History' : `History of ${nameIn(newest)}`}
      about="Every change of a rule, newest first. Rules that were removed stay here."
    >
      <RedactionTabs part="history" />
      {ruleId !== undefined && (
        <p className={styles.filterRow}>
          <Link to={['redaction', 'history']} className={styles.ruleLink}>
            Changes of all rules
          </Link>
        </p>
      )}
      <Panel>
        <ol className={styles.changes} aria-label="Changes">
          {items.map((change) => (
            <Change
              key={change.id}
              change={change}
              who={whoIs(change.userId)}
              isThere={rules.some(({ id }) => id === change.ruleId)}
            />
          ))}
        </ol>
        {error !== undefined && <Failure error={error} retry={reload} />}
        {loading && <Waiting label="Loading changes" />}
        {!loading && error === undefined && items.length === 0 && (
          <Empty icon={<IconHistory size={28} />} title="Nothing has been changed yet" />
        )}
        {hasMore && !loading && (
          <Button mt="md" variant="default" onClick={more}>
            Older changes
          </Button>
        )}
      </Panel>
    </Scene>
  );
}

const ACTIONS = {
  created: { verb: 'made', color: 'teal' },
  changed: { verb: 'changed', color: 'gray' },
  removed: { verb: 'removed', color: 'red' },
} as const;

function Change(props: {
  readonly change: WireRedactionRuleChange;
  readonly who: string;
  readonly isThere: boolean;
}) {
  const { change, who, isThere } = props;
  const { verb, color } = ACTIONS[change.action];
  const name = nameIn(change);
  return (
    <li className={styles.change}>
      <div className={styles.changeHead}>
        <Badge variant="default" tt="none" size="sm" color={color}>
          {verb}
        </Badge>
        <Link
          to={['redaction', ...(isThere ? [change.ruleId] : ['history', change.ruleId])]}
          className={styles.ruleLink}
        >
          {name}
        </Link>
        <span className={styles.quiet}>
          {who}, <time dateTime={change.at}>{formatDateTime(change.at)}</time>
        </span>
      </div>
      {change.action === 'changed' ? (
        <Differences change={change} />
      ) : (
        <details className={styles.details}>
          <summary>{change.action === 'created' ? 'As it was made' : 'As it was'}</summary>
          <Differences change={change} />
        </details>
      )}
    </li>
  );
}

function Differences({ change }: { readonly change: WireRedactionRuleChange }) {
  const differences = differencesOf(change);
  if (differences.length === 0) return <p className={styles.quiet}>Other examples, or nothing.</p>;
  return (
    <dl className={styles.differences}>
      {differences.map(({ field, before, after }) => (
        <div key={field} className={styles.difference}>
          <dt>{field}</dt>
          <dd>
            {before !== undefined && (
              <del className={styles.before}>
                <span className="visually-hidden">Before: </span>
                {before}
              </del>
            )}
            {after !== undefined && (
              <ins className={styles.after}>
                <span className="visually-hidden">After: </span>
                {after}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
