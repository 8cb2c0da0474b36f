import type { WireAuditEntry } from '../../shared/protocol/index.ts';
import { iso } from './iso.ts';

export type AuditExportFormat = 'csv' | 'json';

/** A file of which the parts are made one after the other, so that none is ever whole in memory. */
export interface AuditFile {
  readonly contentType: string;
  readonly fileName: string;
  readonly body: AsyncIterable<string>;
}

interface AuditPages {
  readonly accountId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly pages: AsyncIterable<readonly WireAuditEntry[]>;
}

/** The entries as a file. */
export function auditFile(format: AuditExportFormat, { accountId, at, pages }: AuditPages): AuditFile {
  const exportedAt = iso(at);
  const fileName = `audit-log-${exportedAt.slice(0, 10)}.${format}`;
  return format === 'csv'
    ? { contentType: 'text/csv; charset=utf-8; header=present', fileName, body: csv(pages) }
    : { contentType: 'application/json', fileName, body: json({ accountId, exportedAt }, pages) };
}

async function* json(about: object, pages: AuditPages['pages']): AsyncGenerator<string> {
  yield `${JSON.stringify({ version: 1, ...about }).slice(0, -1)},"items":[`;
  let separator = '\n';
  for await (const page of pages) {
    for (const entry of page) {
      yield separator + JSON.stringify(entry);
      separator = ',\n';
    }
  }
  yield '\n]}\n';
}

const COLUMNS: readonly { readonly name: string; readonly of: (entry: WireAuditEntry) => unknown }[] = [
  { name: 'seq', of: ({ seq }) => seq },
  { name: 'at', of: ({ at }) => at },
  { name: 'actorKind', of: ({ actor }) => actor.kind },
  { name: 'actorId', of: ({ actor }) => actor.id },
  { name: 'action', of: ({ action }) => action },
  { name: 'targetKind', of: ({ target }) => target?.kind },
  { name: 'targetId', of: ({ target }) => target?.id },
  { name: 'details', of: ({ details }) => JSON.stringify(details) },
  { name: 'id', of: ({ id }) => id },
  { name: 'previous', of: ({ previous }) => previous },
  { name: 'hash', of: ({ hash }) => hash },
];

/** RFC 4180. */
async function* csv(pages: AuditPages['pages']): AsyncGenerator<string> {
  yield row(COLUMNS.map(({ name }) => name));
  for await (const page of pages) {
    yield page.map((entry) => row(COLUMNS.map((column) => column.of(entry)))).join('');
  }
}

function row(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/** A cell that begins like a formula would be run by a spreadsheet that opens the file: an apostrophe makes it text. */
function cell(value: unknown): string {
  const text = value === undefined ? '' : String(value);
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
