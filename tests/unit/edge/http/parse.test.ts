import { z } from 'zod';
import { Refusal } from '../../../../server/domain/index.ts';
import { parseWith } from '../../../../server/edge/http/parse.ts';

const schema = z.strictObject({
  name: z.string().min(3).max(5),
  tags: z.array(z.string()).max(1).optional(),
  kind: z.enum(['cat', 'dog']).optional(),
  age: z.int().min(1).optional(),
  mail: z.email().optional(),
  code: z.string().regex(/^a$/).optional(),
  hour: z.string().regex(/^b$/, 'must be HH:MM').optional(),
  mask: z.union([z.string(), z.strictObject({ keep: z.int() })]).optional(),
});

/** The faults of a value that is refused, as `path: message`. */
function faults(value: unknown): readonly string[] {
  try {
    parseWith(schema, value);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.code).toBe('invalid_value');
    return (error.errors ?? []).map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('parsing', () => {
  it.each([
    [{}, 'name: must be given'],
    [{ name: 7 }, 'name: must be of type string'],
    [{ name: null }, 'name: must be of type string'],
    [{ name: 'ab' }, 'name: must have 3 characters or more'],
    [{ name: 'abcdef' }, 'name: must have 5 characters or less'],
    [{ name: 'abc', tags: ['a', 'b'] }, 'tags: must have 1 items or less'],
    [{ name: 'abc', tags: [1] }, 'tags.0: must be of type string'],
    [{ name: 'abc', kind: 'cow' }, 'kind: must be one of: cat, dog'],
    [{ name: 'abc', age: 0 }, 'age: must be 1 or more'],
    [{ name: 'abc', age: 1.5 }, 'age: must be of type int'],
    [{ name: 'abc', mail: 'x' }, 'mail: must be a valid email'],
    [{ name: 'abc', code: 'x' }, 'code: is not in the right form'],
    [{ name: 'abc', hour: 'x' }, 'hour: must be HH:MM'],
    [{ name: 'abc', mask: 7 }, 'mask: has none of the allowed shapes'],
    [{ name: 'abc', nick: 'x' }, 'nick: is not known here'],
    [[], ': must be of type object'],
  ])('says of %j: %s', (value, fault) => {
    expect(faults(value)).toEqual([fault]);
  });

  it('names an unknown key at no great length, and not more faults than one reads', () => {
    expect(faults({ name: 'abc', ['k'.repeat(500)]: 1 })).toEqual([`${'k'.repeat(64)}: is not known here`]);
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`k${index}`, 1]));
    expect(faults({ name: 'abc', ...many })).toHaveLength(20);
  });
});
