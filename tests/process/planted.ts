import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import mongoose from 'mongoose';

/** A place where data may lie: a file, an output or a collection, with its bytes. */
export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every file below the folder, as it is on the disk now. */
export function filesBelow(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ name: relative(folder, path), bytes: readFileSync(path) }));
}

/** Every collection of the database that the address names; its documents as the database holds them. */
export async function collectionsOf(uri: string): Promise<Place[]> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    const database = connection.db;
    if (database === undefined) throw new Error('the address names no database');
    const collections = await database.listCollections({}, { nameOnly: true }).toArray();
    return await Promise.all(
      collections.map(async ({ name }) => {
        const raw = await database.collection(name).find({}, { raw: true }).toArray();
        return { name, bytes: Buffer.concat(raw as unknown as Buffer[]) };
      }),
    );
  } finally {
    await connection.close();
  }
}

/** Names of the places that hold the text: as it is, as UTF-16, in base64 at any offset, or in hexadecimal. */
export function placesWith(text: string, places: readonly Place[]): string[] {
  const forms = formsOf(text);
  return places
    .filter(({ bytes }) => forms.some((form) => bytes.includes(form)))
    .map(({ name }) => name)
    .sort();
}

function formsOf(text: string): Buffer[] {
  const utf8 = Buffer.from(text, 'utf8');
  const base64 = [0, 1, 2].map((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), utf8]).toString('base64');
    // The first and the last characters depend on what stands around.
    return Buffer.from(
      padded
        .slice(offset === 0 ? 0 : 4)
        .replace(/.?.?=*$/, '')
        .slice(0, -1),
    );
  });
  return [utf8, Buffer.from(text, 'utf16le'), Buffer.from(utf8.toString('hex')), ...base64];
}
