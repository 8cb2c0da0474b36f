import { Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import { conditionFaults, type Decision, type EngagementRuleDraft } from '../../../shared/protocol/index.ts';
import { explain } from '../../components/common/explain.ts';
import { visitorName } from '../../components/common/format.ts';
import { Panel } from '../../components/common/scene.tsx';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import type { LiveClient } from '../../live/live-client.ts';
import styles from './engagement.module.css';
import { TraceView } from './trace-view.tsx';

/** How long typing rests before the rule is tried, in milliseconds. */
const REST_MS = 400;

interface Trial {
  readonly rule: EngagementRuleDraft;
  /** Of a rule that is there already: it is tried in the place of that one. */
  readonly ruleId?: string;
}

/** Tries the rule, as it is being written, on somebody who is on the site now; nothing is shown to them. */
export function TryVisitor(trial: Trial) {
  const { live, can } = useConsole();
  if (live === undefined || !can('visitor:read')) return null;
  return <LiveTrial live={live} trial={trial} />;
}

function LiveTrial({ live, trial }: { readonly live: LiveClient; readonly trial: Trial }) {
  const { visitors } = useStore(live.visitors.state);
  const [sessionId, setSessionId] = useState<string | null>(null);
  useEffect(() => live.visitors.watch(), [live]);
  const choices = [...visitors.values()].map((visitor) => ({
    value: visitor.sessionId,
    label: [visitorName(visitor.sessionId), visitor.page?.title ?? visitor.page?.url]
      .filter(Boolean)
      .join(', '),
  }));
  return (
    <Panel title="On a live visitor" about="What the rule makes of them now. They are shown nothing.">
      <Select
        mt="sm"
        aria-label="Visitor"
        placeholder={choices.length === 0 ? 'Nobody is on the site' : 'Choose somebody'}
        data={choices}
        value={sessionId}
        onChange={setSessionId}
        clearable
      />
      {sessionId !== null && <Outcome key={sessionId} sessionId={sessionId} trial={trial} />}
    </Panel>
  );
}

function Outcome({ sessionId, trial }: { readonly sessionId: string; readonly trial: Trial }) {
  const { api } = useConsole();
  const [decision, setDecision] = useState<Decision>();
  const [failure, setFailure] = useState<string>();
  const body = JSON.stringify(trial);
  useEffect(() => {
    const tried = JSON.parse(body) as Trial;
    if (conditionFaults(tried.rule.when).length > 0) return;
    const abort = new AbortController();
    const run = async (): Promise<void> => {
      try {
        setDecision(await api.visitors.tryRule(sessionId, tried, abort.signal));
        setFailure(undefined);
      } catch (error) {
        if (!abort.signal.aborted) setFailure(explain(error));
      }
    };
    const timer = setTimeout(() => void run(), REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [api, body, sessionId]);
  if (failure !== undefined) return <p className={styles.hint}>{failure}</p>;
  if (decision === undefined) return null;
  return (
    <div role="status">
      <p className={styles.summary}>
        {decision.trace.blockers.length === 0 ? 'It would fire.' : 'It would not fire.'}
      </p>
      <TraceView trace={decision.trace} />
    </div>
  );
}
