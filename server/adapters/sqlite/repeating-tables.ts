import { ENTITY_SPECS } from '../../ports/index.ts';
import type { DatabaseFile } from './database-file.ts';
import { arraySource, isArrayPath, valuesTableOf } from './entity-schema.ts';

/** A table that only repeats values of another one, to find it by them, and the query that it is made of. */
interface Repeating {
  readonly table: string;
  readonly columns: string;
  readonly source: string;
}

const TABLES: readonly Repeating[] = [
  {
    table: 'conversation_participants',
    columns: 'account, agent, began, conversation',
    source: `SELECT c.account_id, j.value, c.started_at, c.id
      FROM conversations c, json_each(c.body, '$.participants') j`,
  },
  ...Object.entries(ENTITY_SPECS).flatMap(([kind, { indexed }]) =>
    indexed.filter(isArrayPath).map((path) => {
      return { table: valuesTableOf(kind, path), columns: 'value, id', source: arraySource(kind, path) };
    }),
  ),
];

/** Names of the tables that do not repeat what they should; each is compared in one read. */
export function brokenIndexes(file: DatabaseFile): readonly string[] {
  return TABLES.filter(({ table, columns, source }) => {
    const kept = `SELECT ${columns} FROM ${table}`;
    const sql = `SELECT 1 AS one WHERE EXISTS (${kept} EXCEPT ${source}) OR EXISTS (${source} EXCEPT ${kept})`;
    return file.get(sql, []) !== undefined;
  }).map(({ table }) => table);
}
