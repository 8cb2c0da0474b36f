import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, PROJECT, parse, type SyntaxNode, sourceFiles, walk } from './sources.ts';

const TESTERS = new Set(['it', 'test', 'describe']);
/** `P1 ...`, `P1: ...`, `P1, P3: ...`, `P7/P8: ...` */
const LEADING_IDS = /^[HEPMRCVGFW]\d+(?:(?: |, |\/)[HEPMRCVGFW]\d+)*(?=[\s:])/;
const RULE = /^- \*\*([A-Z]\d+)\*\* /gm;

/** The ids of rules at the start of a test's title. */
function idsOf(title: string): string[] {
  return LEADING_IDS.exec(title)?.[0].match(/[A-Z]\d+/g) ?? [];
}

/** `it(...)`, and what `it.each(...)` or `it.skip` answers. */
function isTester(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Identifier') return TESTERS.has(String(callee.value));
  if (callee.type === 'MemberExpression') return isTester(callee.object);
  return callee.type === 'CallExpression' && isTester(callee.callee);
}

function titleOf(call: SyntaxNode): string | undefined {
  const [first] = call.arguments as { expression: SyntaxNode }[];
  const title = first?.expression;
  if (title?.type === 'StringLiteral') return String(title.value);
  if (title?.type !== 'TemplateLiteral') return undefined;
  const [start] = title.quasis as { cooked: string }[];
  return start?.cooked;
}

function titlesIn(path: string): string[] {
  const calls = [...walk(parse(path))].filter(
    ({ type, callee }) => type === 'CallExpression' && isTester(callee),
  );
  return calls.map(titleOf).filter((title) => title !== undefined);
}

describe('docs/PROTOCOL.md', () => {
  const text = readFileSync(join(PROJECT, 'docs/PROTOCOL.md'), 'utf8');
  const rules = [...text.matchAll(RULE)].map(([, id]) => id as string);
  const tested = sourceFiles('tests').flatMap((path) =>
    titlesIn(path).flatMap((title) => idsOf(title).map((id) => ({ id, where: `${path}: ${title}` }))),
  );

  it('numbers its rules, each number once', () => {
    expect(rules.length).toBeGreaterThan(20);
    expect(rules).toEqual([...new Set(rules)]);
  });

  it('has a test for every rule', () => {
    const covered = new Set(tested.map(({ id }) => id));
    expect(rules.filter((id) => !covered.has(id))).toEqual([]);
  });

  it('has the rule of every test that names one', () => {
    expect(tested.filter(({ id }) => !rules.includes(id)).map(({ where }) => where)).toEqual([]);
  });

  it('reads the numbers at the start of a title, and nowhere else', () => {
    expect(['P1, P3: a', 'P1 P3: a', 'P7/P8: a', 'H1 a', 'E1: a'].map(idsOf)).toEqual([
      ['P1', 'P3'],
      ['P1', 'P3'],
      ['P7', 'P8'],
      ['H1'],
      ['E1'],
    ]);
    expect(['HTML5 a', 'a P1', 'P1a b', 'MP3 a', 'Prefers P1'].flatMap(idsOf)).toEqual([]);
  });
});
