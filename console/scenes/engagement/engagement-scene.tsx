import { useCallback } from 'react';
import { Failure, Scene, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { ChatsReport } from './chats-report.tsx';
import { FunnelScene } from './funnel-scene.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { RuleList } from './rule-list.tsx';
import { VersionsScene } from './versions-scene.tsx';

/** Whom to engage, when, with which words, and what it brings. */
export default function EngagementScene() {
  const { api, router } = useConsole();
  const [, id] = useStore(router.route);
  const load = useCallback(() => api.engagement.list(), [api]);
  const { data, error, reload } = useLoad(load);
  if (id === 'funnel') return <FunnelScene />;
  if (id === 'chats') return <ChatsReport />;
  if (id === 'versions') return <VersionsScene onChanged={reload} />;
  if (data === undefined) {
    return (
      <Scene title="Engagement rules">
        {error === undefined ? <Waiting label="Loading rules" /> : <Failure error={error} retry={reload} />}
      </Scene>
    );
  }
  if (id === undefined) return <RuleList rules={data} onChanged={reload} />;
  const rule = data.find((candidate) => candidate.id === id);
  return <RuleEditor key={id} rule={rule} onSaved={reload} />;
}
