import { spawnSync } from 'node:child_process';
import { MemoryChangeBus } from '../../../server/adapters/memory/change-bus.ts';
import { RandomIds } from '../../../server/adapters/system/random-ids.ts';
import { SystemClock } from '../../../server/adapters/system/system-clock.ts';
import type { Change } from '../../../server/ports/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('RandomIds', () => {
  const ids = new RandomIds();

  it('makes URL-safe ids of 128 bits that do not repeat, over many refills of its pool', () => {
    const made = Array.from({ length: 20_000 }, () => ids.id());
    expect(new Set(made).size).toBe(made.length);
    for (const id of made.slice(0, 1_000)) expect(id).toMatch(/^[\w-]{22}$/);
  });

  it('does not change an id after it is given out', () => {
    const first = ids.id();
    const copy = `${first}`;
    for (let index = 0; index < 1_000; index += 1) ids.id();
    expect(first).toBe(copy);
  });

  it('makes case ids that a person can read out', () => {
    const made = Array.from({ length: 2_000 }, () => ids.caseId());
    for (const id of made) expect(id).toMatch(/^C-[0-9A-HJKMNP-TV-Z]{8}$/);
    expect(new Set(made.join('').replaceAll('C-', '')).size).toBe(32);
  });

  it('makes secrets of 256 bits', () => {
    expect(Buffer.from(ids.secret(), 'base64url')).toHaveLength(32);
    expect(ids.secret()).not.toBe(ids.secret());
  });
});

describe('MemoryChangeBus', () => {
  const change: Change = { kind: 'account', accountId: 'a' };

  it('tells every listener, also when one throws, and stops when told', () => {
    const errors: unknown[] = [];
    const heard: string[] = [];
    const bus = new MemoryChangeBus((error) => errors.push(error));
    bus.subscribe(() => {
      throw new Error('broken');
    });
    const stop = bus.subscribe((one) => heard.push(one.kind));
    bus.publish(change);
    stop();
    bus.publish(change);
    expect(heard).toEqual(['account']);
    expect(errors).toHaveLength(2);
  });

  it('lets a listener unsubscribe, and the same function listen twice', () => {
    let heard = 0;
    const listener = () => {
      heard += 1;
    };
    const bus = new MemoryChangeBus(() => {});
    const stopFirst = bus.subscribe(listener);
    bus.subscribe(listener);
    bus.subscribe(() => stopFirst());
    bus.publish(change);
    bus.publish(change);
    expect(heard).toBe(3);
    bus.close();
    bus.publish(change);
    expect(heard).toBe(3);
  });
});

describe('SystemClock', () => {
  it('calls back, and does not when cancelled', async () => {
    const clock = new SystemClock();
    const cancelled = jest.fn();
    clock.after(1, cancelled)();
    clock.every(1, cancelled)();
    await new Promise<void>((resolve) => {
      const hold = setTimeout(() => undefined, 10_000);
      clock.after(5, () => {
        clearTimeout(hold);
        resolve();
      });
    });
    expect(cancelled).not.toHaveBeenCalled();
  });

  it('waits longer than a timer of Node can', () => {
    jest.useFakeTimers();
    try {
      const called = jest.fn();
      const days30 = 30 * 86_400_000;
      new SystemClock().after(days30, called);
      jest.advanceTimersByTime(days30 - 1);
      expect(called).not.toHaveBeenCalled();
      jest.advanceTimersByTime(1);
      expect(called).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('does not keep a process alive', () => {
    const program = `
      const { transformSync } = require('@swc/core');
      const { readFileSync } = require('node:fs');
      const source = readFileSync('server/adapters/system/system-clock.ts', 'utf8');
      const { code } = transformSync(source, { jsc: { parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } });
      const exported = {};
      new Function('exports', code)(exported);
      const clock = new exported.SystemClock();
      clock.every(1000, () => {});
      clock.after(60000, () => {});
    `;
    const result = spawnSync(process.execPath, ['-e', program], { timeout: 15_000 });
    expect(result.status).toBe(0);
  });
});

describe('FakeClock', () => {
  it('runs due timers in order of their time, each at its own time, new ones too', () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.now()}`);
    clock.after(30, note('c'));
    clock.after(10, () => {
      note('a')();
      clock.after(5, note('b'));
    });
    const stop = clock.every(20, note('e'));
    clock.advance(40);
    expect(seen).toEqual(['a@10', 'b@15', 'e@20', 'c@30', 'e@40']);
    stop();
    clock.advance(1_000);
    expect(seen).toHaveLength(5);
    expect(clock.pending).toBe(0);
    expect(clock.now()).toBe(1_040);
  });

  it('lets promises settle between timers', async () => {
    const clock = new FakeClock(0);
    const seen: number[] = [];
    const loop = async () => {
      for (let index = 0; index < 3; index += 1) {
        await new Promise<void>((resolve) => clock.after(10, resolve));
        seen.push(clock.now());
      }
    };
    const done = loop();
    await clock.advanceAsync(30);
    await done;
    expect(seen).toEqual([10, 20, 30]);
  });
});
