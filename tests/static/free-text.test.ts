import { z } from 'zod';
import { redactBodyOf } from '../../server/edge/http/redact-body.ts';
import { FREE_TEXT, freeText } from '../../shared/schemas/free-text.ts';
import { textsOfRoutes } from '../support/text-leaves.ts';
import { AS_TYPED, reasonOf } from './free-text-table.ts';

/** Short enough for the shortest name. */
const SECRET = '4242 4242 4242 4242';

const leaves = textsOfRoutes();

describe('what staff types', () => {
  it('is redacted at the edge, or cannot hold a secret, or is named here with a reason', () => {
    const open = leaves
      .filter(({ schema }) => schema.safeParse(SECRET).success)
      .filter(({ schema, name }) => !FREE_TEXT.has(schema) && reasonOf(name) === undefined);
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
