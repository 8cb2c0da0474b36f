import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BLOCKER_CODES, FACTS, OPERATORS } from '../../shared/protocol/index.ts';
import { PROJECT } from './sources.ts';

const TEXT = readFileSync(join(PROJECT, 'docs/ENGAGEMENT.md'), 'utf8');

/** Cells of the table below a heading of the second order, as they stand there. */
function rowsOf(heading: string): string[][] {
  const section = TEXT.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| (`.*) \|$/gm)].map(([, row]) =>
    (row as string).split(' | ').map((cell) => cell.trim()),
  );
}

describe('docs/ENGAGEMENT.md', () => {
  it('lists exactly the facts, with type and meaning', () => {
    expect(rowsOf('Facts')).toEqual(FACTS.map(({ fact, type, help }) => [`\`${fact}\``, type, help]));
  });

  it('lists exactly the operators', () => {
    expect(rowsOf('Operators').map(([operator]) => operator)).toEqual(OPERATORS.map((one) => `\`${one}\``));
  });

  it('lists exactly the blockers', () => {
    expect(rowsOf('What keeps a rule from firing').map(([code]) => code)).toEqual(
      BLOCKER_CODES.map((one) => `\`${one}\``),
    );
  });
});
