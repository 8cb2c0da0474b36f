import { isNode, parse, parseText, type SyntaxNode, sourceFiles, walk } from './sources.ts';

/** Each brand of the message's way, and the files that may put it on a value. */
const BRANDS: Readonly<Record<string, readonly string[]>> = {
  Admitted: ['server/pipeline/admit.ts'],
  Redacted: ['server/pipeline/redact.ts'],
  Sealed: ['server/pipeline/seal.ts'],
  Stored: ['server/pipeline/persist.ts'],
  CleanFile: ['server/pipeline/clean-file.ts'],
  SealedPiece: ['server/pipeline/seal-file.ts'],
  // What is read back from a sealed record was redacted before it was sealed.
  RedactedText: [
    'server/domain/redaction/redact.ts',
    'server/domain/redaction/redact-long.ts',
    'server/pipeline/seal.ts',
  ],
};

describe('the stages of a message', () => {
  const casts = sourceFiles('shared', 'config', 'server').flatMap((file) =>
    brandsCastIn(parse(file)).map((brand) => ({ file, brand })),
  );

  it('give each brand in one place only, so that no message skips a stage', () => {
    const stray = casts.filter(({ file, brand }) => !BRANDS[brand]?.includes(file));
    expect(stray.map(({ file, brand }) => `${file} makes ${brand}`)).toEqual([]);
  });

  it('are all there', () => {
    expect(new Set(casts.map(({ brand }) => brand))).toEqual(new Set(Object.keys(BRANDS)));
  });

  it('are reached by no cast that does not say to what', () => {
    const hidden = sourceFiles('shared', 'config', 'server').flatMap((file) =>
      namelessCastsIn(parse(file)).map((type) => `${file}: ${type}`),
    );
    expect(hidden).toEqual([]);
  });

  it.each([
    ['x as typeof message', 'TsTypeQuery'],
    ['x as never', 'never'],
    ['x as any', 'any'],
    ['x as unknown as any', 'any'],
  ])('would notice %s', (text, type) => {
    expect(namelessCastsIn(parseText(text))).toEqual([type]);
  });

  it.each([
    'x as Sealed',
    'x as unknown as Sealed',
    'x as readonly Sealed[]',
    '<Sealed>x',
    'x as Partial<Sealed>',
    'const f = (x: unknown): x is Sealed => true',
    'function f(x: unknown): asserts x is Sealed {}',
  ])('would notice %s', (text) => {
    expect(brandsCastIn(parseText(text))).toEqual(['Sealed']);
  });
});

function brandsCastIn(tree: SyntaxNode): string[] {
  const casts = [...walk(tree)].filter((node) => isCast(node) || node.type === 'TsTypePredicate');
  return casts.flatMap((cast) =>
    [...walk(cast.typeAnnotation)].flatMap((node) => {
      if (node.type !== 'TsTypeReference' || !isNode(node.typeName)) return [];
      const name = String(node.typeName.value);
      return name in BRANDS ? [name] : [];
    }),
  );
}

/** Casts to the type of something, or to what fits everything: they would put on any brand unseen. */
function namelessCastsIn(tree: SyntaxNode): string[] {
  return [...walk(tree)].filter(isCast).flatMap((cast) => {
    const to = cast.typeAnnotation;
    if (!isNode(to)) return [];
    if (to.type === 'TsTypeQuery') return [to.type];
    const keyword = to.type === 'TsKeywordType' ? String(to.kind) : '';
    return keyword === 'never' || keyword === 'any' ? [keyword] : [];
  });
}

function isCast({ type }: SyntaxNode): boolean {
  return type === 'TsAsExpression' || type === 'TsTypeAssertion';
}
