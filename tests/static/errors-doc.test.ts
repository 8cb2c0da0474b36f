import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '../../shared/protocol/index.ts';
import { PROJECT } from './sources.ts';

const ROW = /^\| `([^`]+)` +\| (\d+) +\| (yes|no) +\| (.+?) +\|$/gm;

describe('docs/ERRORS.md', () => {
  const text = readFileSync(join(PROJECT, 'docs/ERRORS.md'), 'utf8');
  const documented = [...text.matchAll(ROW)].map(([, code, status, again, help]) => [
    code,
    { status: Number(status), retryable: again === 'yes', help },
  ]);

  it('lists exactly the codes of the code, in its order (npm run docs:errors)', () => {
    expect(documented.map(([code]) => code)).toEqual(Object.keys(ERRORS));
  });

  it('says of each what the code says', () => {
    expect(Object.fromEntries(documented)).toEqual(ERRORS);
  });
});
