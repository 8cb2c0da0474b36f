import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import mongoose from 'mongoose';
import type { TestServer } from './server.ts';

/** Something that is kept, and every byte of it as one text. */
export interface KeptPart {
  readonly where: string;
  readonly content: string;
}

/** Everything that a server has written: each file, each table of each database file, each collection. */
export async function keptParts(test: TestServer): Promise<readonly KeptPart[]> {
  const files = readdirSync(test.dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(test.dataDir, name))
    .filter((path) => statSync(path).isFile());
  return [
    ...files.map((where) => ({ where, content: textOf(readFileSync(where)) })),
    ...files.filter((path) => path.endsWith('.db')).flatMap(tablesOf),
    ...(test.mongodbUri === undefined ? [] : await collectionsOf(test.mongodbUri)),
  ];
}

function tablesOf(path: string): KeptPart[] {
  const database = new Database(path, { readonly: true } as never);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all([]);
    return (tables as { name: string }[]).map(({ name }) => ({
      where: `${path}: ${name}`,
      content: JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all([]), asText),
    }));
  } finally {
    database.close();
  }
}

async function collectionsOf(uri: string): Promise<KeptPart[]> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    const database = connection.getClient().db(connection.name);
    const collections = await database.listCollections({}, { nameOnly: true }).toArray();
    const parts = collections.map(async ({ name }) => {
      const documents = await database.collection(name).find({}, { promoteBuffers: true }).toArray();
      return { where: `collection ${name}`, content: JSON.stringify(documents, asText) };
    });
    return await Promise.all(parts);
  } finally {
    await connection.close();
  }
}

/** Bytes as UTF-8; `Buffer` turns itself into a list of numbers before a replacer sees it. */
function asText(this: unknown, key: string, value: unknown): unknown {
  const held = (this as Record<string, unknown>)[key];
  return held instanceof Uint8Array ? textOf(held) : value;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
