import { Badge, Button, Table } from '@mantine/core';
import { IconPlus, IconRobot } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { WireApiToken } from '../../../shared/protocol/index.ts';
import { AskDialog } from '../../components/common/ask-dialog.tsx';
import { formatDateTime } from '../../components/common/format.ts';
import { OnceDialog } from '../../components/common/once-dialog.tsx';
import { RowActions } from '../../components/common/row-actions.tsx';
import { Empty, Panel } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { useLoad } from '../../components/common/use-load.ts';
import { useStaffNames } from '../../components/common/use-staff-names.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { TokenForm } from './token-form.tsx';
import styles from './users.module.css';
import { UsersPage } from './users-page.tsx';

type Doing =
  | { readonly kind: 'new' }
  | { readonly kind: 'made'; readonly secret: string }
  | { readonly kind: 'edit' | 'remove'; readonly token: WireApiToken };

/** Keys for scripts: what each may do, from where and until when. */
export function TokensPart() {
  const { api, can } = useConsole();
  const load = useCallback(() => api.apiTokens.list(), [api]);
  const loaded = useLoad(load);
  const [doing, setDoing] = useState<Doing>();
  const close = (): void => {
    setDoing(undefined);
    loaded.reload();
  };
  const writable = can('api-token:write');
  return (
    <UsersPage
      part="tokens"
      title="API tokens"
      about="A token lets a script call the REST interface. It acts for the person who made it, never does more than they may, and ends with them."
      actions={
        writable && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ kind: 'new' })}>
            New token
          </Button>
        )
      }
      loaded={loaded}
    >
      {(tokens) => (
        <>
          {tokens.length === 0 && (
            <Panel>
              <Empty icon={<IconRobot size={28} />} title="No API token yet">
                Make one for each script, with no more than it needs.
              </Empty>
            </Panel>
          )}
          {tokens.length > 0 && <TokenTable tokens={tokens} writable={writable} onDo={setDoing} />}
          {(doing?.kind === 'new' || doing?.kind === 'edit') && (
            <TokenForm
              token={doing.kind === 'edit' ? doing.token : undefined}
              onClose={close}
              onMade={(secret) => setDoing({ kind: 'made', secret })}
            />
          )}
          {doing?.kind === 'made' && (
            <OnceDialog
              title="The new token"
              about="Put it where the script finds it and nobody else. It is not shown again."
              secret={doing.secret}
              onClose={close}
            />
          )}
          {doing?.kind === 'remove' && (
            <AskDialog
              title={`Remove ${doing.token.name}?`}
              about="Whatever uses it is refused from the next call on."
              action="Remove"
              onConfirm={() => api.apiTokens.remove(doing.token.id)}
              onClose={close}
            />
          )}
        </>
      )}
    </UsersPage>
  );
}

function TokenTable(props: {
  readonly tokens: readonly WireApiToken[];
  readonly writable: boolean;
  readonly onDo: (doing: Doing) => void;
}) {
  const nameOf = useStaffNames();
  return (
    <SheetTable label="API tokens" heads={['Token', 'May', 'From', 'Good until', 'Last used']} actions>
      {props.tokens.map((token) => (
        <Table.Tr key={token.id}>
          <Table.Td>
            <div className={tables.strong}>{token.name}</div>
            <div className={tables.quiet}>
              <code>{token.hint}…</code> for {nameOf(token.createdBy)}
            </div>
          </Table.Td>
          <Table.Td>
            <ul className={styles.plain}>
              {token.scopes.map((scope) => (
                <li key={scope}>
                  <code>{scope}</code>
                </li>
              ))}
            </ul>
          </Table.Td>
          <Table.Td>
            {token.addressRanges.length === 0 ? 'anywhere' : token.addressRanges.join(', ')}
          </Table.Td>
          <Table.Td>
            <GoodUntil token={token} />
          </Table.Td>
          <Table.Td>{token.lastUsedAt === undefined ? 'never' : formatDateTime(token.lastUsedAt)}</Table.Td>
          <RowActions
            name={token.name}
            writable={props.writable}
            onDo={(kind) => props.onDo({ kind, token })}
          />
        </Table.Tr>
      ))}
    </SheetTable>
  );
}

function GoodUntil({ token: { expiresAt } }: { readonly token: WireApiToken }) {
  if (expiresAt === undefined) return 'it is removed';
  const isOver = Date.parse(expiresAt) <= Date.now();
  return (
    <>
      {formatDateTime(expiresAt)}{' '}
      {isOver && (
        <Badge variant="default" tt="none">
          expired
        </Badge>
      )}
    </>
  );
}
