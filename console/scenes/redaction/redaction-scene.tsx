import { useCallback } from 'react';
import { Failure, Scene, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { ReportScene } from './report-scene.tsx';
import { RescanScene } from './rescan-scene.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { RuleHistory } from './rule-history.tsx';
import { RuleList } from './rule-list.tsx';

/** What must never be kept, and how it is recognised. */
export default function RedactionScene() {
  const { api, router } = useConsole();
  const [, id, ruleId] = useStore(router.route);
  const load = useCallback(() => api.rules.list(), [api]);
  const { data, error, reload } = useLoad(load);
  if (data === undefined) {
    return (
      <Scene title="Redaction rules">
        {error === undefined ? <Waiting label="Loading rules" /> : <Failure error={error} retry={reload} />}
      </Scene>
    );
  }
  if (id === undefined) return <RuleList rules={data} onChanged={reload} />;
  if (id === 'stored') return <RescanScene />;
  if (id === 'report') return <ReportScene />;
  if (id === 'history') return <RuleHistory key={ruleId} ruleId={ruleId} rules={data} />;
  const rule = data.find((candidate) => candidate.id === id);
  return <RuleEditor key={id} rule={rule} rules={data} onSaved={reload} />;
}
