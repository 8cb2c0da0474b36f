import { createMemoryRateLimiter } from '../../../server/adapters/memory/rate-limiter.ts';
import { type Account, type AuditEntry, nothingSuch, Refusal } from '../../../server/domain/index.ts';
import { RefusedAccess } from '../../../server/features/audit/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const MINUTE_MS = 60_000;
const ID = 'abcdefghijklmnopqrstuv';
const visitor = { accountId: 'a', siteId: 's', sessionId: 'v' };

describe('the note of a refused access', () => {
  let noted: Omit<AuditEntry, 'id' | 'at'>[];
  let refusals: RefusedAccess;
  let clock: FakeClock;
  const erased = new Set<string>();

  beforeEach(() => {
    noted = [];
    clock = new FakeClock();
    const limit = { name: 'test', points: 2, windowMs: MINUTE_MS, stops: 'too many' };
    refusals = new RefusedAccess({
      audit: { record: async (entry) => void noted.push({ details: {}, ...entry }) },
      rateLimiter: createMemoryRateLimiter(),
      limits: { staff: limit, visitor: limit },
      accounts: { get: async (id) => (erased.has(id) ? undefined : ({ id } as Account)) },
      clock,
      logger: new RecordingLogger(),
    });
  });

  const refuse = (refusal: Refusal, target = { kind: 'conversation', id: ID }) =>
    expect(
      refusals.noting({ by: visitor, what: 'chat:resume', target }, () => Promise.reject(refusal)),
    ).rejects.toBe(refusal);

  it('says who, what and on which id, and nothing that a client made up', async () => {
    await refuse(new Refusal('not_found'));
    await refuse(new Refusal('not_found'), { kind: 'conversation', id: 'my card 4242424242424242' });
    const entry = {
      ...{ accountId: 'a', actor: { kind: 'visitor', id: 'v' }, action: 'access.refused' },
      details: { what: 'chat:resume', code: 'not_found' },
    };
    expect(noted).toEqual([{ ...entry, target: { kind: 'conversation', id: ID } }, entry]);
  });

  it('names what a body named, where that is what was refused', async () => {
    await refuse(nothingSuch([{ path: 'roles.0', kind: 'role', id: ID }]));
    expect(noted[0]?.target).toEqual({ kind: 'role', id: ID });
  });

  it('leaves out what is only a bad value', async () => {
    await refuse(new Refusal('invalid_value'));
    expect(noted).toEqual([]);
  });

  it('counts what is above the limit, once the limit’s time is over', async () => {
    for (let index = 0; index < 5; index += 1) await refuse(new Refusal('forbidden'));
    expect(noted).toHaveLength(2);
    await clock.advanceAsync(MINUTE_MS);
    expect(noted.slice(2)).toMatchObject([{ actor: { id: 'v' }, details: { attempts: 3 } }]);
    await clock.advanceAsync(MINUTE_MS);
    expect(noted).toHaveLength(3);
  });

  it('writes no count to the log of an account that was erased meanwhile', async () => {
    for (let index = 0; index < 3; index += 1) await refuse(new Refusal('forbidden'));
    erased.add('a');
    await refusals.close();
    erased.clear();
    expect(noted).toHaveLength(2);
  });

  it('counts what is above the limit when it stops', async () => {
    for (let index = 0; index < 3; index += 1) await refuse(new Refusal('forbidden'));
    await refusals.close();
    await refusals.close();
    expect(noted.slice(2)).toMatchObject([{ details: { attempts: 1 } }]);
  });
});
