import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createLogger, type LoggerOptions } from '../../../server/adapters/logging/winston-logger.ts';
import { Refusal } from '../../../server/domain/index.ts';
import { type LogText, logId } from '../../../server/ports/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const SECRET = 'planted-19121212-1212';
const PROJECT = join(__dirname, '../../..');

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('createLogger', () => {
  let dir: string;
  let stderr: Sink;
  let clock: FakeClock;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'logs-'));
    stderr = new Sink();
    clock = new FakeClock(Date.now());
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  const open = (more: Partial<LoggerOptions> = {}) =>
    createLogger({ dir, level: 'info', retentionDays: 7, clock, stderr, projectRoot: PROJECT, ...more });
  const readAll = (): string =>
    readdirSync(dir)
      .map((name) => readFileSync(join(dir, name), 'utf8'))
      .join('');
  const lines = (): Record<string, unknown>[] =>
    readAll()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('writes one JSON object a line, into a file of the day, and warnings to stderr as well', async () => {
    const logger = open();
    logger.debug('not kept');
    logger.info('started', { port: 3000, tls: false, store: logId('sqlite') });
    logger.warn('odd', { code: 'rate_limited' });
    await logger.close();
    expect(lines()).toEqual([
      {
        time: expect.any(String),
        level: 'info',
        message: 'started',
        port: 3000,
        tls: false,
        store: 'sqlite',
      },
      { time: expect.any(String), level: 'warn', message: 'odd', code: 'rate_limited' },
    ]);
    expect(readdirSync(dir)).toEqual([`server-${new Date().toISOString().slice(0, 10)}.log`]);
    expect(stderr.text).toContain('odd');
    expect(stderr.text).not.toContain('started');
  });

  it('keeps class, code and frames of an error and never its message, wherever the message hides', async () => {
    const logger = open();
    const cause = Object.assign(new RangeError(SECRET), { code: 'ERR_OUT_OF_RANGE', detail: SECRET });
    cause.name = SECRET;
    const posing = `${SECRET}\n    at ${SECRET} (${PROJECT}/${SECRET}.ts:1:1)\n    at f (${PROJECT}/server/x.ts:1:1)`;
    const rewritten = new Error('first');
    rewritten.message = posing;
    rewritten.stack = `Error: ${posing.replace('planted', 'changed')}`;
    const planted: unknown[] = [
      cause,
      new Error(posing),
      rewritten,
      new Error('outer', { cause: new TypeError(SECRET) }),
      new Refusal('conversation.taken', { detail: SECRET }),
      Object.assign(new Error(SECRET), { code: SECRET }),
      SECRET,
      { [SECRET]: SECRET },
      new (class extends Error {
        override name = SECRET;
      })(SECRET),
      JSON.parse.bind(null, SECRET),
      undefined,
      null,
    ];
    for (const one of planted) logger.error('failed', one);
    await logger.close();
    expect(readAll() + stderr.text).not.toMatch(/planted|changed|19121212/);
    expect(lines()).toHaveLength(planted.length);
    expect(lines()[0]).toMatchObject({
      message: 'failed',
      error: { class: 'RangeError', code: 'ERR_OUT_OF_RANGE' },
    });
    expect(lines()[3]).toMatchObject({ error: { class: 'Error', cause: { class: 'TypeError' } } });
    expect(lines()[4]).toMatchObject({ error: { class: 'Refusal', code: 'conversation.taken' } });
  });

  it('gives frames as path:line:column below the project', async () => {
    const logger = open();
    logger.error('failed', new Error(SECRET));
    await logger.close();
    const { error } = lines()[0] as { error: { frames: string[] } };
    expect(error.frames[0]).toMatch(/^tests\/unit\/adapters\/logger\.test\.ts:\d+:\d+$/);
    for (const frame of error.frames) expect(frame).toMatch(/^(node:|[\w@])[^\s]*:\d+:\d+$/);
    expect(error.frames.join()).not.toContain(PROJECT);
  });

  it('leaves out a field whose text looks like personal data, should a cast have let it in', async () => {
    const logger = open();
    const cast = (text: string) => text as LogText;
    logger.info('x', { a: cast('a@b.se'), b: cast('10.0.0.7'), c: cast('two words'), d: cast('ok-1_x.y') });
    await logger.close();
    expect(lines()[0]).toMatchObject({ a: '[left out]', b: '[left out]', c: '[left out]', d: 'ok-1_x.y' });
  });

  it('deletes files of days that are over the retention, at start and while it runs, and only its own', async () => {
    const day = (ago: number) => new Date(clock.now() - ago * 86_400_000).toISOString().slice(0, 10);
    mkdirSync(dir, { recursive: true });
    for (const ago of [0, 3, 6, 7, 8, 400]) writeFileSync(join(dir, `server-${day(ago)}.log`), '');
    writeFileSync(join(dir, 'notes.log'), '');
    const logger = open();
    const kept = [0, 3, 6].map((ago) => `server-${day(ago)}.log`);
    expect(readdirSync(dir).sort()).toEqual([...kept, 'notes.log'].sort());
    clock.advance(86_400_000);
    expect(existsSync(join(dir, `server-${day(7)}.log`))).toBe(false);
    expect(existsSync(join(dir, kept[1] ?? ''))).toBe(true);
    await logger.close();
    expect(clock.pending).toBe(0);
  });

  it('P7/P8: no line is ever older than the retention', () => {
    const logger = open({ retentionDays: 1 });
    const yesterday = new Date(clock.now() - 86_400_000).toISOString().slice(0, 10);
    writeFileSync(join(dir, `server-${yesterday}.log`), '');
    clock.advance(60_000);
    expect(existsSync(join(dir, `server-${yesterday}.log`))).toBe(false);
    return logger.close();
  });

  it('goes on when its folder is lost', async () => {
    const logger = open({ dir: join(dir, 'inner') });
    rmSync(dir, { recursive: true });
    writeFileSync(dir, 'a file where the folder was');
    logger.info('first');
    clock.advance(60_000);
    logger.warn('second');
    await logger.close();
    expect(stderr.text).toContain('second');
    expect(stderr.text).toContain('old log files could not be deleted');
  });
});
