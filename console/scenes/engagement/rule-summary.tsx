import type { EngagementRuleDraft } from '../../../shared/protocol/index.ts';
import styles from './engagement.module.css';
import { describeRule } from './rule-text.ts';

/** A rule in plain sentences, as it is being written. */
export function RuleSummary({ rule }: { readonly rule: EngagementRuleDraft }) {
  return (
    <p className={styles.summary} aria-live="polite">
      {describeRule(rule).join(' ')}
    </p>
  );
}
