import { z } from 'zod';
import { redactBodyOf } from '../../server/edge/http/redact-body.ts';
import { restRoutes, type UseCases } from '../../server/edge/http/routes/index.ts';
import { FREE_TEXT, freeText } from '../../shared/schemas/free-text.ts';
import { textLeavesOf } from '../support/text-leaves.ts';

/** Short enough for the shortest name. */
const SECRET = '4242 4242 4242 4242';

const ID = 'an id, a key or a cursor: looked up, and kept only when there is such a thing';
const RULE = 'what a redaction rule is made of, among it what it must recognise';
const ASKED = 'looked for, and kept as a keyed hash at the most';
const TRIED = 'tried, and nothing of it is kept';

/** Strings of staff calls that take anything and are not redacted at the edge, each with the reason. */
const AS_TYPED: readonly (readonly [RegExp, reason: string])[] = [
  [/\b(cursor|ruleId|userId|agentId|sessionId|departmentId|conversationId|check|builtin)$/, ID],
  [/ (roles|members|authorizations|scopes)\.\*$/, ID],
  [/ departmentLimits\./, ID],
  [/ password$/, 'kept as a hash alone'],
  [/redaction-rules.* (rules\.\*\.)?(pattern|replacement|replacement\.mask|examples\..*)$/, RULE],
  [/redaction-rules\/preview /, TRIED],
  [/engagement-rules\/simulate /, TRIED],
  [/conversations\/search /, ASKED],
  [/ (scope\.)?(field|value)$/, ASKED],
  [/ confirm$/, 'compared with the name of the account'],
  [/visitors\/:id\/profile fields\./, 'redacted by the use case, as what the visitor says'],
];

const leaves = restRoutes({} as UseCases)
  .filter(({ path }) => path.startsWith('/accounts/:a/'))
  .flatMap(({ method, path, body }) =>
    textLeavesOf(body).map((leaf) => ({ ...leaf, name: `${method} ${path} ${leaf.path.join('.')}` })),
  );

describe('what staff types', () => {
  it('is redacted at the edge, or cannot hold a secret, or is named here with a reason', () => {
    const open = leaves
      .filter(({ schema }) => schema.safeParse(SECRET).success)
      .filter(({ schema, name }) => !FREE_TEXT.has(schema) && reasonFor(name) === undefined);
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('has no reason for what is not there', () => {
    const stale = AS_TYPED.filter(([fits]) => !leaves.some(({ name }) => fits.test(name)));
    expect(stale.map(([fits]) => fits.source)).toEqual([]);
  });

  it('is found by the edge wherever a schema has it', () => {
    const inside = z.strictObject({
      name: freeText(z.string()).optional(),
      list: z.array(z.strictObject({ label: freeText(z.string()), key: z.string() })).default([]),
      texts: z.record(z.string(), freeText(z.string())),
      either: z.union([z.strictObject({ id: z.string() }), z.strictObject({ reason: freeText(z.string()) })]),
    });
    const redact = redactBodyOf(inside);
    const body = { name: 'a', list: [{ label: 'b', key: 'c' }], texts: { d: 'e' }, either: { reason: 'f' } };
    expect(redact?.(body, (text) => text.toUpperCase())).toEqual({
      name: 'A',
      list: [{ label: 'B', key: 'c' }],
      texts: { d: 'E' },
      either: { reason: 'F' },
    });
    expect(redact?.({ list: [], texts: {}, either: { id: 'g' } }, () => 'x')).toEqual({
      list: [],
      texts: {},
      either: { id: 'g' },
    });
    expect(redact?.({ ...body, name: 'erased' }, (text) => (text === 'erased' ? '' : text))).toMatchObject({
      name: '████',
    });
    expect(redactBodyOf(z.strictObject({ id: z.string() }))).toBeUndefined();
  });
});

function reasonFor(name: string): string | undefined {
  return AS_TYPED.find(([fits]) => fits.test(name))?.[1];
}
