import process from 'node:process';
import type { SocketClient } from '../support/socket-client.ts';
import { ClosedLoop } from './closed-loop.ts';
import type { GeneratorOrder, LoadPlan, RunResult } from './load-plan.ts';
import { messagePool } from './messages.ts';
import { openChats, openIdle } from './open-chats.ts';

/**
 * The load generator, in a process of its own so that its work is not counted as the server's. It takes orders
 * from the benchmark over the message channel, one at a time, and answers each.
 */
let loop: ClosedLoop | undefined;
let sockets: readonly SocketClient[] = [];

async function carryOut(order: GeneratorOrder): Promise<RunResult | true> {
  switch (order.do) {
    case 'connect':
      await connect(order.plan);
      return true;
    case 'run':
      return run(order.run);
    case 'idle':
      sockets = await openIdle(order.plan);
      return true;
    case 'leave':
      for (const socket of sockets) socket.close();
      sockets = [];
      return true;
  }
}

async function connect(plan: LoadPlan): Promise<void> {
  const opened = await openChats(plan, (frame) => loop?.received(frame));
  sockets = opened.sockets;
  loop = new ClosedLoop(opened.chats, messagePool(plan.seed));
}

async function run(order: Parameters<ClosedLoop['run']>[0]): Promise<RunResult> {
  if (loop === undefined) throw new Error('there are no chats yet');
  const result = await loop.run(order);
  const cut = sockets.filter(({ closed }) => closed).length;
  if (cut > 0) throw new Error(`${cut} connections were cut`);
  return result;
}

process.on('message', (order: GeneratorOrder) => {
  carryOut(order).then(
    (value) => process.send?.({ value }),
    (error) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
