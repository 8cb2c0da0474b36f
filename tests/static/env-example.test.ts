import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { envExample, loadConfig } from '../../config/index.ts';
import { VARIABLES } from '../../config/variables.ts';
import { isNode, PROJECT, parse, sourceFiles, walk } from './sources.ts';

describe('.env.example', () => {
  const text = readFileSync(join(PROJECT, '.env.example'), 'utf8');

  it('is what `npm run env:example` writes', () => {
    expect(text).toBe(envExample());
  });

  it('names every variable once and sets none: a copy changes nothing, and holds no sample secret', () => {
    const named = [...text.matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual(Object.keys(VARIABLES).sort());
    expect(text).not.toMatch(/^[^#\n]/m);
  });

  it('gives defaults that are valid', () => {
    const defaults = [...text.matchAll(/^#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map((match) => [match[1], match[2]]);
    expect(loadConfig(Object.fromEntries(defaults))).toEqual(loadConfig({}));
  });
});

describe('process.env', () => {
  it('is read by config/ alone', () => {
    const readers = sourceFiles('shared', 'server', 'config').filter((file) =>
      [...walk(parse(file))].some(
        ({ type, object, property }) =>
          type === 'MemberExpression' &&
          isNode(object) &&
          object.value === 'process' &&
          isNode(property) &&
          property.value === 'env',
      ),
    );
    expect(readers).toEqual(['config/config.ts']);
  });
});
