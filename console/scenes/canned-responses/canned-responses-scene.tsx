import { Button, Group, Modal, Table } from '@mantine/core';
import { IconMessage2Bolt, IconPlus } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { WireCannedResponse } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { RowActions } from '../../components/common/row-actions.tsx';
import { Empty, Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { ResponseForm } from './response-form.tsx';

type Doing =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'remove'; readonly response: WireCannedResponse };

/** Texts that staff send again and again, found by `/` in the composer. */
export default function CannedResponsesScene() {
  const { api, can } = useConsole();
  const load = useCallback(() => api.cannedResponses.list(), [api]);
  const { data, error, loading, reload } = useLoad(load);
  const [doing, setDoing] = useState<Doing>();
  const writable = can('canned-response:write');
  const done = (): void => {
    setDoing(undefined);
    reload();
  };
  return (
    <Scene
      title="Canned responses"
      about="Type / in the composer to use one. Variables are filled from the conversation, and the result is redacted like any message."
      actions={
        writable && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ kind: 'new' })}>
            Add response
          </Button>
        )
      }
    >
      {error !== undefined && <Failure error={error} retry={reload} />}
      {loading && data === undefined && <Waiting label="Loading canned responses" />}
      {data?.length === 0 && (
        <Panel>
          <Empty icon={<IconMessage2Bolt size={28} />} title="No canned response yet">
            Add the answers that you give every day.
          </Empty>
        </Panel>
      )}
      {data !== undefined && data.length > 0 && (
        <ResponseTable responses={data} writable={writable} onDo={setDoing} />
      )}
      {doing !== undefined && doing.kind !== 'remove' && (
        <ResponseForm
          response={doing.kind === 'edit' ? doing.response : undefined}
          onClose={() => setDoing(undefined)}
          onSaved={done}
        />
      )}
      {doing?.kind === 'remove' && (
        <RemoveDialog response={doing.response} onClose={() => setDoing(undefined)} onRemoved={done} />
      )}
    </Scene>
  );
}

function ResponseTable(props: {
  readonly responses: readonly WireCannedResponse[];
  readonly writable: boolean;
  readonly onDo: (doing: Doing) => void;
}) {
  return (
    <SheetTable label="Canned responses" heads={['Shortcut', 'Text', 'Tags']} actions>
      {props.responses.map((response) => (
        <Table.Tr key={response.id}>
          <Table.Td className={tables.strong}>/{response.shortcut}</Table.Td>
          <Table.Td>{response.text}</Table.Td>
          <Table.Td>{response.tags.join(', ') || '–'}</Table.Td>
          <RowActions
            name={`/${response.shortcut}`}
            writable={props.writable}
            onDo={(kind) => props.onDo({ kind, response })}
          />
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

function RemoveDialog(props: {
  readonly response: WireCannedResponse;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}) {
  const { api } = useConsole();
  const { response } = props;
  const remove = async (): Promise<void> => {
    if (await attempt(() => api.cannedResponses.remove(response.id))) props.onRemoved();
  };
  return (
    <Modal opened onClose={props.onClose} title={`Remove /${response.shortcut}?`}>
      <p>Nobody can use it any more. Messages that were sent with it stay as they are.</p>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={props.onClose}>
          Keep it
        </Button>
        <Button color="red" onClick={() => void remove()}>
          Remove
        </Button>
      </Group>
    </Modal>
  );
}
