import type { RuleSetDiff } from '../../../shared/protocol/index.ts';
import styles from './engagement.module.css';

/** How two rule sets differ: which rules, and who would gain or lose an invitation. */
export function DiffView({ diff }: { readonly diff: RuleSetDiff }) {
  const { changes, recordings, invitations, gained, lost, truncated } = diff;
  const lines = [
    ...changes.added.map(({ name }) => `${name} is new`),
    ...changes.removed.map(({ name }) => `${name} goes`),
    ...changes.changed.map(({ name, fields }) => `${name} changes: ${fields.join(', ')}`),
  ];
  return (
    <>
      {lines.length === 0 ? (
        <p className={styles.summary}>The rules are the same.</p>
      ) : (
        <ul className={styles.list}>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <p className={styles.quiet}>
        {recordings === 0
          ? 'No visits are recorded to try the rules on; the settings can keep a sample of them.'
          : `On ${recordings} recorded visits: ${invitations.before} invitations before, ${invitations.after} after. ${gained.length} visits gain one, ${lost.length} lose one.`}
        {truncated > 0 &&
          ` In ${truncated} of them rules fired so often that they were not followed to their end.`}
      </p>
    </>
  );
}
