import { useCallback } from 'react';
import { Failure, Scene, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { SettingsForm } from './settings-form.tsx';

/** How this account works: retention, fields, hours, assignment, redaction. */
export default function SettingsScene() {
  const { api } = useConsole();
  const load = useCallback(() => api.settings.get(), [api]);
  const { data, error, loading, reload, setData } = useLoad(load);
  if (data !== undefined) return <SettingsForm settings={data} onSaved={setData} />;
  return (
    <Scene title="Settings">
      {loading && <Waiting label="Loading settings" />}
      {error !== undefined && <Failure error={error} retry={reload} />}
    </Scene>
  );
}
