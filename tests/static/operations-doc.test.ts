import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { COUNTERS, GAUGES, HISTOGRAMS } from '../../server/adapters/metrics/metric-table.ts';
import { createModels } from '../../server/adapters/mongo/models.ts';
import { ACTIVITY_SCHEMA, ENGAGEMENT_SCHEMA, KEYS_SCHEMA } from '../../server/adapters/sqlite/schema.ts';
import { PROJECT } from './sources.ts';

/** Tables that only repeat values of another one, to find it by them. */
const INDEX_TABLES = new Set(['users_memberships_account_id']);

const read = (name: string): string => readFileSync(join(PROJECT, 'docs', name), 'utf8');

/** The part below a heading of the second order. */
function sectionOf(text: string, heading: string): string {
  return text.split(/^## /m).find((section) => section.startsWith(`${heading}\n`)) ?? '';
}

/** What stands in backquotes, a cell or two of a table row. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/`([\w.]+)`/g)].map(([, code]) => code as string);
}

function tables(): string[] {
  const schema = [ENGAGEMENT_SCHEMA, KEYS_SCHEMA, ACTIVITY_SCHEMA].join('\n');
  const names = [...schema.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map(([, name]) => name as string);
  return names.filter((name) => !INDEX_TABLES.has(name));
}

function collections(): { name: string; expires: boolean }[] {
  const main = mongoose.createConnection();
  const { entities, ...others } = createModels({ main, keys: main });
  return [...Object.values(others), ...Object.values(entities)].map((model) => ({
    name: model.collection.name,
    expires: model.schema.indexes().some(([, options]) => options?.expireAfterSeconds === 0),
  }));
}

describe('docs/DATA-FLOW.md', () => {
  const named = new Set(codesIn(sectionOf(read('DATA-FLOW.md'), 'Stored on the server')));

  it('says of every table and collection what it holds and when that ends', () => {
    const kept = [...tables(), ...collections().map(({ name }) => name)];
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('docs/RUNBOOK.md', () => {
  const text = read('RUNBOOK.md');

  it('lists exactly the collections, and which of them expire by themselves', () => {
    const rows = sectionOf(text, 'MongoDB').matchAll(/^\| (`[^|]+?) +\|[^|]*\| (yes|no) +\|$/gm);
    const listed = [...rows].flatMap(([, names, expires]) =>
      codesIn(names as string).map((name) => ({ name, expires: expires === 'yes' })),
    );
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(listed.sort(byName)).toEqual(collections().sort(byName));
  });

  it('lists exactly the metrics', () => {
    const rows = sectionOf(text, 'Metrics').matchAll(/^\| (`[^|]+?) +\|/gm);
    const listed = [...rows].flatMap(([, names]) => codesIn(names as string));
    expect(listed.sort()).toEqual(
      [COUNTERS, GAUGES, HISTOGRAMS].flatMap((table) => Object.keys(table)).sort(),
    );
  });
});
