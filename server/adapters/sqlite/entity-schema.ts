import type { EntitySpec } from '../../ports/index.ts';

/** The table of an entity kind: `refreshFamilies` is kept in `refresh_families`. */
export function tableOf(kind: string): string {
  return identifier(kind).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The value of a top-level field in the body. An index serves a query only when both spell it like this. */
export function fieldOf(path: string): string {
  return `body ->> '$.${identifier(path)}'`;
}

/** A path with a dot leads into an array and has a table of its own with one row for each value. */
export function isArrayPath(path: string): boolean {
  return path.includes('.');
}

/** The table of an array path: `users_memberships_account_id`. */
export function valuesTableOf(kind: string, path: string): string {
  return [kind, ...path.split('.')].map(tableOf).join('_');
}

/** The index of a unique field; the database names it when it is violated. */
export function uniqueIndexOf(kind: string, path: string): string {
  return `${tableOf(kind)}_unique_${tableOf(path)}`;
}

/** The tables, indexes and triggers of an entity kind. Bringing in a new field fills its index from what is there. */
export function entitySchema(kind: string, spec: EntitySpec): string {
  const table = tableOf(kind);
  const plain = spec.indexed.filter((path) => !isArrayPath(path));
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (
      id TEXT PRIMARY KEY,
      version INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;`,
    `CREATE INDEX IF NOT EXISTS ${table}_time ON ${table} (created_at, id);`,
    ...spec.unique.map(
      (path) =>
        `CREATE UNIQUE INDEX IF NOT EXISTS ${uniqueIndexOf(kind, path)} ON ${table} (${fieldOf(path)});`,
    ),
    ...plain.map(
      (path) =>
        `CREATE INDEX IF NOT EXISTS ${table}_${tableOf(path)} ON ${table} (${fieldOf(path)}, created_at, id);`,
    ),
    ...(spec.expires
      ? [`CREATE INDEX IF NOT EXISTS ${table}_expiry ON ${table} (${fieldOf('expiresAt')});`]
      : []),
    ...spec.indexed.filter(isArrayPath).map((path) => valuesSchema(kind, path)),
  ].join('\n');
}

/** Triggers keep the values in step with the body, so that no statement can forget them. */
function valuesSchema(kind: string, path: string): string {
  const table = tableOf(kind);
  const values = valuesTableOf(kind, path);
  const insertFrom = (row: string) => `INSERT OR IGNORE INTO ${values} (value, id) ${valuesIn(row, path)}`;
  return `
CREATE TABLE IF NOT EXISTS ${values} (value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (value, id)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ${values}_id ON ${values} (id);
CREATE TRIGGER IF NOT EXISTS ${values}_insert AFTER INSERT ON ${table} BEGIN
  ${insertFrom('new')};
END;
CREATE TRIGGER IF NOT EXISTS ${values}_update AFTER UPDATE ON ${table} BEGIN
  DELETE FROM ${values} WHERE id = old.id;
  ${insertFrom('new')};
END;
CREATE TRIGGER IF NOT EXISTS ${values}_delete AFTER DELETE ON ${table} BEGIN
  DELETE FROM ${values} WHERE id = old.id;
END;
INSERT OR IGNORE INTO ${values} (value, id)
  ${arraySource(kind, path)} AND NOT EXISTS (SELECT 1 FROM ${values});`;
}

/** What the table of an array path should hold. */
export function arraySource(kind: string, path: string): string {
  const value = `j.value ->> '$.${itemField(path)}'`;
  return `SELECT ${value}, e.id FROM ${tableOf(kind)} e, json_each(e.body, '$.${arrayField(path)}') j
    WHERE ${value} IS NOT NULL`;
}

function valuesIn(row: string, path: string): string {
  const value = `j.value ->> '$.${itemField(path)}'`;
  return `SELECT ${value}, ${row}.id FROM json_each(${row}.body, '$.${arrayField(path)}') j WHERE ${value} IS NOT NULL`;
}

function arrayField(path: string): string {
  return identifier(path.split('.')[0] ?? '');
}

function itemField(path: string): string {
  return identifier(path.split('.').slice(1).join('_'));
}

/** Names come from the code, not from a caller; this keeps it so. */
function identifier(name: string): string {
  if (!/^[a-zA-Z_]+$/.test(name)) throw new Error('not a name for a table or field');
  return name;
}
