import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Import, isAllowed, ROOMS, roomOf } from './import-table.ts';
import { isNode, PROJECT, parse, type SyntaxNode, sourceFiles, walk } from './sources.ts';

const FILES = sourceFiles('shared', 'config', 'server', 'widget', 'console');
const IMPORTS = FILES.flatMap(importsOf);

describe('who may import whom', () => {
  it('has a rule for every file', () => {
    expect(FILES.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('has no rule for what is not there', () => {
    expect(ROOMS.map((room) => room.path).filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });

  it('is kept by every import', () => {
    const broken = IMPORTS.filter((one) => !isAllowed(one));
    expect(broken.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
    expect(IMPORTS.length).toBeGreaterThan(500);
  });

  it('lets nothing but tests and benchmarks import tests and benchmarks', () => {
    expect(IMPORTS.filter(({ target }) => /^(tests|bench)\//.test(target))).toEqual([]);
  });

  it('writes relative imports with their extension', () => {
    const bare = IMPORTS.filter(({ target }) => /^(shared|config|server|widget|console)\//.test(target));
    expect(bare.filter(({ target }) => !/\.(tsx?|css|json|svg)(\?\w+)?$/.test(target))).toEqual([]);
  });

  it.each<[string, Import]>([
    ['the domain a driver', { file: 'server/domain/x.ts', target: 'mongoose', typeOnly: false }],
    [
      'an adapter another adapter',
      { file: 'server/adapters/mongo/x.ts', target: 'server/adapters/sqlite/y.ts', typeOnly: true },
    ],
    [
      'an adapter a feature',
      { file: 'server/adapters/mongo/x.ts', target: 'server/features/auth/y.ts', typeOnly: true },
    ],
    [
      'the edge an adapter',
      { file: 'server/edge/http/x.ts', target: 'server/adapters/mongo/y.ts', typeOnly: true },
    ],
    [
      'a feature the edge',
      { file: 'server/features/auth/x.ts', target: 'server/edge/http/y.ts', typeOnly: true },
    ],
    [
      'a feature the value of another',
      { file: 'server/features/auth/x.ts', target: 'server/features/staff/y.ts', typeOnly: false },
    ],
    ['the loader the frame', { file: 'widget/loader/x.ts', target: 'widget/frame/y.ts', typeOnly: false }],
    ['the loader a socket', { file: 'widget/loader/x.ts', target: 'socket.io-client', typeOnly: false }],
    ['the console the validators', { file: 'console/x.ts', target: 'shared/schemas/y.ts', typeOnly: false }],
    ['the protocol anything', { file: 'shared/protocol/x.ts', target: 'zod', typeOnly: false }],
    ['a file outside the table anything', { file: 'elsewhere/x.ts', target: 'zod', typeOnly: false }],
  ])('would not let %s', (_name, wrong) => {
    expect(isAllowed(wrong)).toBe(false);
  });
});

function importsOf(file: string): Import[] {
  return [...walk(parse(file))].flatMap((node) => {
    const source = sourceOf(node);
    if (source === undefined) return [];
    const target = source.startsWith('.') ? posix.join(posix.dirname(file), source) : source;
    return [{ file, target, typeOnly: node.typeOnly === true }];
  });
}

/** The module that an import, a re-export, `import()` or `require()` names. */
function sourceOf(node: SyntaxNode): string | undefined {
  if (node.type === 'CallExpression') return calledModule(node);
  const declares = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(
    node.type,
  );
  return declares ? textOf(node.source) : undefined;
}

function calledModule(node: SyntaxNode): string | undefined {
  const { callee } = node;
  if (!isNode(callee)) return undefined;
  const loads = callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require');
  const [first] = node.arguments as { expression: unknown }[];
  return loads ? textOf(first?.expression) : undefined;
}

function textOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'StringLiteral' ? String(node.value) : undefined;
}
