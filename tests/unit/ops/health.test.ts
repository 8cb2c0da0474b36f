import { Health } from '../../../server/ops/health.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('Health', () => {
  const clock = new FakeClock();
  const healthOver = (ping: () => Promise<void>) =>
    new Health({ stores: { ping }, clock, clusterIsUp: () => true });

  it('is ready while it serves, and only then', async () => {
    const health = healthOver(async () => {});
    expect(await health.ready()).toEqual({ ok: false, reasons: ['starting'] });
    health.serving();
    expect(await health.ready()).toEqual({ ok: true, reasons: [] });
    health.draining();
    health.serving();
    expect(await health.ready()).toEqual({ ok: false, reasons: ['shutting_down'] });
  });

  it('is not ready while the store refuses, and is again afterwards', async () => {
    let broken = true;
    const health = healthOver(() => (broken ? Promise.reject(new Error('down')) : Promise.resolve()));
    health.serving();
    expect((await health.ready()).reasons).toEqual(['store_unavailable']);
    broken = false;
    clock.advance(1_000);
    expect((await health.ready()).ok).toBe(true);
  });

  it('does not wait for a store that hangs', async () => {
    const health = healthOver(() => new Promise(() => undefined));
    health.serving();
    const report = health.ready();
    await clock.advanceAsync(2_000);
    expect((await report).reasons).toEqual(['store_unavailable']);
    expect(clock.pending).toBe(0);
  });

  it('asks the store once for many probes', async () => {
    let pings = 0;
    const health = healthOver(async () => {
      pings += 1;
    });
    await Promise.all(Array.from({ length: 100 }, () => health.ready()));
    expect(pings).toBe(1);
  });
});
