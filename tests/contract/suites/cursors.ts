import { Refusal } from '../../../server/domain/index.ts';

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Cursors as a client may make them up: no base64url, no JSON, another shape, operators of a query language. */
const FORGED: readonly string[] = [
  '',
  '!!!',
  'not-a-cursor',
  Buffer.from('{').toString('base64url'),
  encoded(null),
  encoded(7),
  encoded([]),
  encoded(['1', 'id']),
  encoded([1]),
  encoded([1, 2]),
  encoded([1, 'id', 'more']),
  encoded([null, 'id']),
  encoded([{ $gt: '' }, { $gt: '' }]),
  encoded({ $where: '1' }),
];

/** Expects every forged cursor to be refused with `bad_request`. */
export async function refusedAsBadRequest(list: (cursor: string) => Promise<unknown>): Promise<void> {
  for (const cursor of FORGED) {
    const error = await list(cursor).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).code).toBe('bad_request');
  }
}
