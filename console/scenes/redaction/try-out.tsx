import { Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { LIMITS } from '../../../shared/limits.ts';
import type { RedactionPreview } from '../../../shared/protocol/index.ts';
import { explain } from '../../components/common/explain.ts';
import { RedactedText } from '../../components/common/redacted-text.tsx';
import { useConsole } from '../../components/shell/console-context.tsx';
import { segmentsOf } from './highlight.ts';
import styles from './redaction.module.css';

const TYPING_PAUSE_MS = 250;

/**
 * Shows live what rules do to a text typed in. The text goes to the server to be tried and is kept nowhere, neither
 * there nor in this browser.
 */
export function TryOut(props: {
  /** Rules to try instead of those of the account; undefined: those of the account. */
  readonly rules?: readonly object[] | undefined;
  readonly nameOf: (ruleId: string) => string;
  /** Told what is wrong with the rules, or undefined when nothing is. */
  readonly onError?: (error: unknown) => void;
}) {
  const [text, setText] = useState('');
  const { preview, tried, tookMs, error } = usePreview(text, props.rules, props.onError);
  return (
    <>
      <Textarea
        mt="xs"
        label="Try a text"
        description="It is tried on the server and kept nowhere."
        placeholder="My card number is 4111 1111 1111 1111"
        autosize
        minRows={3}
        maxRows={10}
        maxLength={LIMITS.messageLength}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div role="status" aria-live="polite" className={styles.tryResult}>
        {error !== undefined && props.onError === undefined && (
          <p className={styles.fault}>{explain(error)}</p>
        )}
        {preview && text !== '' && (
          <>
            <PreviewView text={tried} preview={preview} nameOf={props.nameOf} />
            <p className={styles.quiet}>
              Answered in {tookMs} ms, measured in this browser, the way to the server included.
            </p>
          </>
        )}
      </div>
    </>
  );
}

function PreviewView(props: {
  readonly text: string;
  readonly preview: RedactionPreview;
  readonly nameOf: (ruleId: string) => string;
}) {
  const { text, preview, nameOf } = props;
  const counts = new Map<string, number>();
  for (const { ruleId } of preview.matches) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  return (
    <>
      <h3 className={styles.small}>Recognised</h3>
      <p className={styles.sample}>
        {segmentsOf(text, preview.matches).map((segment) =>
          segment.ruleId === undefined ? (
            <span key={segment.start}>{segment.text}</span>
          ) : (
            <mark key={segment.start} className={styles.hit} title={nameOf(segment.ruleId)}>
              {segment.text}
            </mark>
          ),
        )}
      </p>
      {counts.size === 0 ? (
        <p className={styles.quiet}>No rule matches.</p>
      ) : (
        <ul className={styles.hits}>
          {[...counts].map(([ruleId, count]) => (
            <li key={ruleId}>
              {nameOf(ruleId)} <span className={styles.quiet}>× {count}</span>
            </li>
          ))}
        </ul>
      )}
      <h3 className={styles.small}>Kept</h3>
      <p className={styles.sample}>
        <RedactedText text={preview.text} />
      </p>
    </>
  );
}

/** Asks a moment after the last key; an answer to an older text is dropped. */
function usePreview(text: string, rules: readonly object[] | undefined, onError?: (error: unknown) => void) {
  const { api } = useConsole();
  const request = JSON.stringify({ text, rules });
  const [settled] = useDebouncedValue(request, TYPING_PAUSE_MS);
  const [answer, setAnswer] = useState<{ tried: string; preview: RedactionPreview; tookMs: number }>();
  const [error, setError] = useState<unknown>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is reported to may change with every drawing.
  useEffect(() => {
    const body = JSON.parse(settled) as { text: string; rules?: object[] };
    if (body.text === '' && body.rules === undefined) return;
    const abort = new AbortController();
    const report = (reason: unknown): void => {
      setError(reason);
      onError?.(reason);
    };
    const startedMs = performance.now();
    api.rules
      .preview(body, abort.signal)
      .then((preview) => {
        setAnswer({ tried: body.text, preview, tookMs: Math.round(performance.now() - startedMs) });
        report(undefined);
      })
      .catch((reason: unknown) => {
        if (!abort.signal.aborted) report(reason);
      });
    return () => abort.abort();
  }, [api, settled]);
  return { preview: answer?.preview, tried: answer?.tried ?? '', tookMs: answer?.tookMs, error };
}
