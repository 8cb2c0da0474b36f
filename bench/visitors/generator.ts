import process from 'node:process';
import { openVisitorSession } from '../../tests/process/rest-client.ts';
import { seededRandom } from '../../tests/support/identifiers.ts';
import { concurrently } from '../support/concurrently.ts';
import { SocketClient } from '../support/socket-client.ts';
import { spreadOf } from '../support/statistics.ts';
import type { BrowsePlan, BrowseResult, GeneratorOrder } from './plan.ts';

/**
 * Visitors who browse, in a process of its own. Each waits a random time (exponential, so that together they are a Poisson
 * stream) between two events: mostly pages, some scrolling, some custom events.
 */
const OPENED_AT_ONCE = 20;
const PAGES = ['', 'chairs', 'lamps', 'chairs/42', 'cart', 'checkout', 'about', 'blog/living-small'];

let sockets: SocketClient[] = [];
let invitations = 0;

async function connect({ url, visitors }: Extract<GeneratorOrder, { do: 'connect' }>): Promise<number> {
  sockets = await concurrently(Array.from({ length: visitors }), OPENED_AT_ONCE, async () => {
    const { token } = await openVisitorSession(url, 'demo');
    return SocketClient.open({ url, namespace: '/visitor', auth: { token }, onEvent: counted });
  });
  return sockets.length;
}

function counted(frame: string): void {
  if (frame.includes('"engagement:invite"')) invitations += 1;
}

/** Ends when every event is acknowledged or ten seconds have passed without one. */
async function browse({ seed, seconds, meanPauseMs }: BrowsePlan): Promise<BrowseResult> {
  const random = seededRandom(seed);
  const pauseMs = () => -Math.log(1 - random()) * meanPauseMs;
  const result = { sent: 0, pages: 0, acknowledged: 0, refused: 0 };
  const times: number[] = [];
  const endAt = performance.now() + seconds * 1_000;
  const act = (socket: SocketClient): void => {
    if (performance.now() >= endAt) return;
    const [name, payload] = nextEvent(random);
    const sentAt = performance.now();
    result.sent += 1;
    if (name === 'page:view') result.pages += 1;
    socket.emitJson(name, payload, (ok) => {
      times.push(performance.now() - sentAt);
      if (ok) result.acknowledged += 1;
      else result.refused += 1;
    });
    setTimeout(act, pauseMs(), socket);
  };
  for (const socket of sockets) setTimeout(act, random() * meanPauseMs, socket);
  await waitUntil(() => performance.now() >= endAt);
  let last = -1;
  while (result.acknowledged + result.refused < result.sent && last !== times.length) {
    last = times.length;
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  }
  return {
    ...result,
    answerMs: spreadOf(times),
    invitations,
    cut: sockets.filter(({ closed }) => closed).length,
  };
}

function nextEvent(random: () => number): readonly [string, string] {
  const kind = random();
  if (kind < 0.2) return ['page:activity', JSON.stringify({ scrollDepth: Math.ceil(random() * 100) })];
  if (kind < 0.3) {
    const event = { name: 'cart', value: Math.round(random() * 500) };
    return ['page:activity', JSON.stringify({ event })];
  }
  const page = PAGES[Math.floor(random() * PAGES.length)] ?? '';
  const url = `https://shop.example/${page}?utm_source=news&item=${Math.floor(random() * 1_000)}`;
  return ['page:view', JSON.stringify({ url, title: `Shop - ${page}`, referrer: 'https://search.example/' })];
}

async function waitUntil(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 200));
}

async function carryOut(order: GeneratorOrder): Promise<unknown> {
  return order.do === 'connect' ? connect(order) : browse(order.plan);
}

process.on('message', (order: GeneratorOrder) => {
  carryOut(order).then(
    (value) => process.send?.({ value }),
    (error) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
