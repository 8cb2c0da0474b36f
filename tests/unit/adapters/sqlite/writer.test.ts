import type { WriteConnection, WriteStatement } from '../../../../server/adapters/sqlite/driver.ts';
import { ConstraintError } from '../../../../server/adapters/sqlite/errors.ts';
import { Writer } from '../../../../server/adapters/sqlite/writer.ts';
import { StoreError } from '../../../../server/ports/store-error.ts';

/** A connection that writes down what it is told and fails where it is told to. */
class FakeConnection implements WriteConnection {
  readonly said: string[] = [];
  readonly failures = new Map<string, { code: string; message: string }>();
  closed = false;
  /** Runs inside each statement, as what happens elsewhere meanwhile. */
  during: (sql: string) => void = () => undefined;

  async prepare(sql: string): Promise<WriteStatement> {
    return {
      get: () => ({ n: 1 }),
      iterate: async () => {
        this.#say(sql);
        return { next: () => ({ done: true }) };
      },
    };
  }

  async exec(sql: string): Promise<void> {
    this.#say(sql);
  }

  close(): void {
    this.closed = true;
  }

  #say(sql: string): void {
    this.said.push(sql);
    this.during(sql);
    const failure = this.failures.get(sql);
    if (failure !== undefined) throw Object.assign(new Error(failure.message), { code: failure.code });
  }
}

const CONSTRAINT = { code: 'SQLITE_CONSTRAINT_UNIQUE', message: 'UNIQUE constraint failed: t.id' };
const FULL = { code: 'SQLITE_FULL', message: 'secret value' };

describe('the writer of a database file', () => {
  const connection = () => new FakeConnection();
  const outcome = (work: Promise<number>) =>
    work.then(
      (changes) => changes,
      (error: unknown) => (error as StoreError).code,
    );

  it('runs a lonely write as it is', async () => {
    const fake = connection();
    expect(await new Writer(fake).run('one', [])).toBe(1);
    expect(fake.said).toEqual(['one']);
  });

  it('gives writes that wait for one another a transaction together', async () => {
    const fake = connection();
    const writer = new Writer(fake);
    await Promise.all(['one', 'two', 'three'].map((sql) => writer.run(sql, [])));
    expect(fake.said).toEqual(['BEGIN IMMEDIATE', 'one', 'two', 'three', 'COMMIT']);
  });

  it('takes writes that come while one runs into the next transaction', async () => {
    const fake = connection();
    const writer = new Writer(fake);
    const late: Promise<number>[] = [];
    fake.during = (sql) => {
      if (sql === 'one') late.push(writer.run('two', []), writer.run('three', []));
    };
    await writer.run('one', []);
    await Promise.all(late);
    expect(fake.said).toEqual(['one', 'BEGIN IMMEDIATE', 'two', 'three', 'COMMIT']);
  });

  it('P1: answers for nothing before the commit', async () => {
    const fake = connection();
    const writer = new Writer(fake);
    const answered: string[] = [];
    fake.during = (sql) => {
      if (sql === 'COMMIT') expect(answered).toEqual([]);
    };
    await Promise.all(['one', 'two'].map((sql) => writer.run(sql, []).then(() => answered.push(sql))));
    expect(answered).toEqual(['one', 'two']);
  });

  it('fails the write alone that breaks a constraint', async () => {
    const fake = connection();
    fake.failures.set('two', CONSTRAINT);
    const writer = new Writer(fake);
    const [one, two, three] = ['one', 'two', 'three'].map((sql) => writer.run(sql, []));
    await expect(two).rejects.toEqual(new ConstraintError('SQLITE_CONSTRAINT_UNIQUE', 't.id'));
    expect(await Promise.all([one, three])).toEqual([1, 1]);
    expect(fake.said.at(-1)).toBe('COMMIT');
  });

  it.each(['two', 'COMMIT', 'BEGIN IMMEDIATE'])(
    'undoes the whole group when %s fails otherwise',
    async (at) => {
      const fake = connection();
      fake.failures.set(at, FULL);
      const writer = new Writer(fake);
      const works = ['one', 'two', 'three'].map((sql) => outcome(writer.run(sql, [])));
      expect(await Promise.all(works)).toEqual(['SQLITE_FULL', 'SQLITE_FULL', 'SQLITE_FULL']);
      expect(fake.said.at(-1)).toBe('ROLLBACK');
      fake.failures.clear();
      expect(await writer.run('four', [])).toBe(1);
    },
  );

  it("leaves the driver's message out of its errors", async () => {
    const fake = connection();
    fake.failures.set('one', FULL);
    const error: unknown = await new Writer(fake).run('one', []).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain(
      'secret value',
    );
  });

  it('splits a long line into groups', async () => {
    const fake = connection();
    const writer = new Writer(fake);
    await Promise.all(Array.from({ length: 130 }, (_, index) => writer.run(`write ${index}`, [])));
    expect(fake.said.filter((sql) => sql === 'COMMIT')).toHaveLength(3);
    expect(fake.said.filter((sql) => sql.startsWith('write'))).toHaveLength(130);
  });

  it('keeps what cannot be in a transaction out of it, in its turn', async () => {
    const fake = connection();
    const writer = new Writer(fake);
    const works = ['one', 'two'].map((sql) => writer.run(sql, []));
    const alone = writer.runAlone('checkpoint');
    await Promise.all([...works, alone, writer.runAlone('checkpoint'), writer.run('three', [])]);
    expect(fake.said).toEqual([
      'BEGIN IMMEDIATE',
      'one',
      'two',
      'COMMIT',
      'checkpoint',
      'checkpoint',
      'three',
    ]);
  });

  it('closes after what is under way and takes nothing more', async () => {
    const fake = connection();
    const writer = new Writer(fake);
    const work = writer.run('one', []);
    const closing = writer.close();
    await expect(writer.run('two', [])).rejects.toMatchObject({ code: 'CLOSED' });
    await closing;
    expect(await work).toBe(1);
    expect(fake.closed).toBe(true);
    expect(fake.said).toEqual(['one']);
  });
});
