import type { FieldFault } from '../../../shared/protocol/index.ts';
import styles from './redaction.module.css';

/** What is wrong with a pattern, and the pattern itself with the place marked. */
export function PatternFault({ fault, pattern }: { readonly fault: FieldFault; readonly pattern: string }) {
  const { message, position } = fault;
  if (position === undefined) return <>{message}</>;
  const end = position + ((pattern.codePointAt(position) ?? 0) > 0xffff ? 2 : 1);
  return (
    <>
      {message}
      <code className={styles.faultLine}>
        {pattern.slice(0, position)}
        <mark className={styles.faultMark}>{pattern.slice(position, end) || ' '}</mark>
        {pattern.slice(end)}
      </code>
    </>
  );
}
