import styles from './redacted-text.module.css';

/** What the redactor puts in place of what it took out. */
const MASK = /(█+)/;

/** A text in which removed pieces stand out quietly; a screen reader says "removed". */
export function RedactedText({ text }: { readonly text: string }) {
  if (!text.includes('█')) return text;
  return text.split(MASK).map((part, index) =>
    part.startsWith('█') ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name and never move.
      <span key={index} className={styles.mark} title="Removed by a redaction rule">
        <span className="visually-hidden">removed</span>
      </span>
    ) : (
      part
    ),
  );
}

/** `2 details removed` */
export function removedNote(count: number): string {
  return count === 1 ? '1 detail removed' : `${count} details removed`;
}
