import { isNode, parse, parseText, type SyntaxNode, sourceFiles, walk } from './sources.ts';

const LEVELS = new Set(['debug', 'info', 'warn', 'error']);

describe('log messages', () => {
  it('are constant texts in every call of a logger: what varies stands in typed fields', () => {
    const calls = sourceFiles('server').flatMap((file) =>
      loggerCallsIn(parse(file)).map((call) => ({ file, call })),
    );
    const varying = calls.filter(({ call }) => !hasConstantMessage(call));
    expect(varying.map(({ file }) => file)).toEqual([]);
    expect(calls.length).toBeGreaterThan(5);
  });

  it('are written through the logger alone', () => {
    const strays = sourceFiles('server', 'config', 'shared').filter((file) =>
      [...walk(parse(file))].some(
        (node) => node.type === 'MemberExpression' && nameOf(node.object) === 'console',
      ),
    );
    expect(strays).toEqual([]);
  });

  it.each([
    [`logger.info(\`hello \${name}\`)`, false],
    ["deps.logger.warn('a' + b)", false],
    ['this.#logger.error(error.message, error)', false],
    ["this.#deps.logger.error('failed', error)", true],
    ['log.info(`constant`)', true],
    ["logger?.info('x')", true],
    ['logger?.info(x)', false],
  ])('would judge %s rightly', (text, constant) => {
    const [call] = loggerCallsIn(parseText(`class A { m() { ${text}; } #logger; #deps; }`));
    expect(call && hasConstantMessage(call)).toBe(constant);
  });
});

function loggerCallsIn(tree: SyntaxNode): SyntaxNode[] {
  return [...walk(tree)].filter(({ type, callee }) => {
    const member = type === 'CallExpression' ? unchained(callee) : undefined;
    if (member?.type !== 'MemberExpression') return false;
    return LEVELS.has(nameOf(member.property) ?? '') && /^(log|.*logger)$/i.test(nameOf(member.object) ?? '');
  });
}

/** What stands behind `?.`. */
function unchained(node: unknown): SyntaxNode | undefined {
  if (!isNode(node)) return undefined;
  return node.type === 'OptionalChainingExpression' ? unchained(node.base) : node;
}

/** The last name of an expression: `logger` of `this.#deps.logger`. */
function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'MemberExpression') return nameOf(node.property);
  const { value } = node;
  return typeof value === 'string' ? value : undefined;
}

function hasConstantMessage(call: SyntaxNode): boolean {
  const [first] = call.arguments as { expression: SyntaxNode }[];
  if (first?.expression.type === 'StringLiteral') return true;
  return (
    first?.expression.type === 'TemplateLiteral' && (first.expression.expressions as unknown[]).length === 0
  );
}
