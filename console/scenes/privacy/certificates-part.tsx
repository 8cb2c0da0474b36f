import { Button, Table } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useCallback } from 'react';
import type { WireErasureCertificate } from '../../../shared/protocol/index.ts';
import { saveFile } from '../../components/common/download.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Scene, Waiting } from '../../components/common/scene.tsx';
import { SheetTable } from '../../components/common/sheet-table.tsx';
import tables from '../../components/common/table.module.css';
import { usePages } from '../../components/common/use-load.ts';
import { useStaffNames } from '../../components/common/use-staff-names.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { PrivacyTabs } from './privacy-tabs.tsx';
import { countsText, scopeText } from './scope-text.ts';

/** Signed proofs of what was erased; with an id, that one alone. */
export function CertificatesPart({ id }: { readonly id: string | undefined }) {
  const { api } = useConsole();
  const load = useCallback(
    async (cursor: string | undefined) =>
      id === undefined
        ? await api.privacy.certificates(cursor)
        : { items: [await api.privacy.certificate(id)] },
    [api, id],
  );
  const { items, error, loading, hasMore, more, reload } = usePages(load);
  return (
    <Scene
      title="Certificates"
      about="Each proves an erasure: what, when, by whom, how much; never what it was. `npm run verify-certificate` checks one without this server."
    >
      <PrivacyTabs part="certificates" />
      {error !== undefined && <Failure error={error} retry={reload} />}
      {items.length === 0 && loading && <Waiting label="Loading certificates" />}
      {items.length === 0 && !loading && error === undefined && <Panel about="Nothing was erased yet." />}
      {items.length > 0 && <Certificates items={items} />}
      {hasMore && (
        <Button variant="default" mt="md" loading={loading} onClick={more}>
          Older certificates
        </Button>
      )}
    </Scene>
  );
}

function Certificates({ items }: { readonly items: readonly WireErasureCertificate[] }) {
  const nameOf = useStaffNames();
  return (
    <SheetTable label="Certificates" heads={['Erased', 'What', 'By', 'How much']} actions>
      {items.map((certificate) => {
        const { statement } = certificate;
        const { kind, id } = statement.erasedBy;
        return (
          <Table.Tr key={certificate.id}>
            <Table.Td>{formatDateTime(statement.finishedAt)}</Table.Td>
            <Table.Td>{scopeText(statement.scope)}</Table.Td>
            <Table.Td>{kind === 'user' && id !== undefined ? nameOf(id) : kind}</Table.Td>
            <Table.Td>{countsText(statement.counts)}</Table.Td>
            <Table.Td className={tables.actions}>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconDownload size={14} aria-hidden />}
                onClick={() => save(certificate)}
              >
                Save
              </Button>
            </Table.Td>
          </Table.Tr>
        );
      })}
    </SheetTable>
  );
}

function save(certificate: WireErasureCertificate): void {
  saveFile({
    body: `${JSON.stringify(certificate, null, 2)}\n`,
    contentType: 'application/json',
    fileName: `erasure-certificate-${certificate.id}.json`,
  });
}
