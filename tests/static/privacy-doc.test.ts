import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { createModels } from '../../server/adapters/mongo/models.ts';
import { ACTIVITY_SCHEMA, ENGAGEMENT_SCHEMA, KEYS_SCHEMA } from '../../server/adapters/sqlite/schema.ts';
import { AUTHORIZATIONS } from '../../server/domain/index.ts';
import { type KeptInStores, storeErasables } from '../../server/features/erasure/store-erasables.ts';
import { PROJECT } from './sources.ts';

/** Tables that only repeat values of another one, to find it by them. */
const INDEX_TABLES = ['users_memberships_account_id'];

const text = readFileSync(join(PROJECT, 'docs', 'PRIVACY.md'), 'utf8');
const section = text.split(/^## /m).find((part) => part.startsWith('What is kept')) ?? '';
const named = new Set([...section.matchAll(/`([\w.:-]+)`/g)].map(([, code]) => code as string));
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe('docs/PRIVACY.md', () => {
  it('names every table and every collection', () => {
    const schema = [ENGAGEMENT_SCHEMA, KEYS_SCHEMA, ACTIVITY_SCHEMA].join('\n');
    const tables = [...schema.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map(
      ([, name]) => name as string,
    );
    const main = mongoose.createConnection();
    const { entities, ...others } = createModels({ main, keys: main });
    const collections = [...Object.values(others), ...Object.values(entities)].map(
      ({ collection }) => collection.name,
    );
    const kept = [...new Set([...tables, ...collections])].filter((name) => !INDEX_TABLES.includes(name));
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.filter((name) => !named.has(name))).toEqual([]);
  });

  it('names what every part of the stores erases', () => {
    const parts = storeErasables({} as KeptInStores).map(({ keeps }) => snake(keeps));
    expect(parts.length).toBeGreaterThan(10);
    expect(parts.filter((name) => !named.has(name))).toEqual([]);
  });

  it('names no authorization that there is not', () => {
    const authorizations = [...named].filter((name) => name.includes(':'));
    expect(authorizations.length).toBeGreaterThan(10);
    expect(authorizations.filter((name) => !(name in AUTHORIZATIONS))).toEqual([]);
  });
});
