import { Badge, Button, Group, Modal, Table } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { WireRuleSetVersion } from '../../../shared/protocol/index.ts';
import { attempt, showDone } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { useLoad, usePages } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { DiffView } from './diff-view.tsx';
import { EngagementTabs } from './engagement-tabs.tsx';

/** What was published when and by whom, and the way back. */
export function VersionsScene({ onChanged }: { readonly onChanged: () => void }) {
  const { api, can } = useConsole();
  const load = useCallback((cursor: string | undefined) => api.engagement.versions(cursor), [api]);
  const { items, error, loading, hasMore, more, reload } = usePages(load);
  const [chosen, setChosen] = useState<WireRuleSetVersion>();
  return (
    <Scene
      title="Published rules"
      about="Every published state is kept. Going back publishes an old one anew."
    >
      <EngagementTabs part="versions" />
      {error !== undefined && <Failure error={error} retry={reload} />}
      {items.length === 0 && loading && <Waiting label="Loading versions" />}
      {items.length === 0 && !loading && error === undefined && <Panel about="Nothing was published yet." />}
      {items.length > 0 && (
        <SheetTable label="Versions" heads={['Version', 'Published', 'Note', 'Rules']} actions>
          {items.map((version) => (
            <Table.Tr key={version.version}>
              <Table.Td>
                {version.version} {version.live && <Badge tt="none">live</Badge>}
              </Table.Td>
              <Table.Td>{formatDateTime(version.publishedAt)}</Table.Td>
              <Table.Td>{version.note ?? ''}</Table.Td>
              <Table.Td>{version.ruleCount}</Table.Td>
              <Table.Td className={tables.actions}>
                {!version.live && can('engagement-rule:publish') && (
                  <Button size="compact-sm" variant="default" onClick={() => setChosen(version)}>
                    Go back to this
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </SheetTable>
      )}
      {hasMore && (
        <Button variant="default" mt="md" loading={loading} onClick={more}>
          Older versions
        </Button>
      )}
      {chosen && (
        <RestoreDialog
          version={chosen.version}
          onClose={(restored) => {
            setChosen(undefined);
            if (!restored) return;
            reload();
            onChanged();
          }}
        />
      )}
    </Scene>
  );
}

function RestoreDialog(props: { readonly version: number; readonly onClose: (restored: boolean) => void }) {
  const { version, onClose } = props;
  const { api } = useConsole();
  const load = useCallback(() => api.engagement.diff('published', version), [api, version]);
  const { data, error, reload } = useLoad(load);
  const restore = async (): Promise<void> => {
    const done = await attempt(async () => {
      const { version: next } = await api.engagement.restore(version);
      showDone(`Version ${next} is live, with the rules of version ${version}.`);
    });
    if (done) onClose(true);
  };
  return (
    <Modal opened onClose={() => onClose(false)} title={`Go back to version ${version}?`} size="lg">
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Comparing with what is live" />}
      {data && <DiffView diff={data} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => onClose(false)}>
          Cancel
        </Button>
        <Button onClick={() => void restore()}>Go back</Button>
      </Group>
    </Modal>
  );
}
