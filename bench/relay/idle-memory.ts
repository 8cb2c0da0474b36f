import type { Memory } from '../support/probe.ts';
import type { Options } from './options.ts';
import { startTarget, type TargetName } from './target.ts';

/** Bytes for each connected visitor who has looked at a page. */
export interface IdleMemory {
  readonly target: TargetName;
  readonly rss: number;
  /** JavaScript heap and what it holds outside, after a full collection. */
  readonly held: number;
}

/** Visitors that come and go before the measurement, so that code and pools are there already. */
const WARM_UP_SHARE = 0.25;

/** A fresh server, measured before and after the visitors have come. */
export async function measureIdle(name: TargetName, options: Options): Promise<IdleMemory> {
  const target = await startTarget(name, options);
  const { server, generator } = target;
  const kind = name === 'bare' ? 'bare' : 'product';
  const plan = { kind, url: server.url, seed: options.seed } as const;
  try {
    const first = await target.visitors(Math.ceil(options.idle * WARM_UP_SHARE));
    await generator.carryOut({ do: 'idle', plan: { ...plan, visitors: first } });
    await generator.carryOut({ do: 'leave' });
    const visitors = await target.visitors(options.idle);
    const before = await settled(server.memory);
    await generator.carryOut({ do: 'idle', plan: { ...plan, visitors } });
    const after = await settled(server.memory);
    const each = (part: keyof Memory): number => (after[part] - before[part]) / options.idle;
    return { target: name, rss: each('rss'), held: each('held') };
  } finally {
    await target.close();
  }
}

const SETTLED_SHARE = 0.002;
const LOOK_EVERY_MS = 1_000;
const LOOKS = 15;

/** Looks until what is held does not change any more: closing and writing go on for a moment. */
async function settled(look: () => Promise<Memory>): Promise<Memory> {
  let last = await look();
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const next = await look();
    if (Math.abs(next.held - last.held) < SETTLED_SHARE * last.held) return next;
    last = next;
  }
  return last;
}
