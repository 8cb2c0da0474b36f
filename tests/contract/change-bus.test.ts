import { MemoryChangeBus } from '../../server/adapters/memory/change-bus.ts';
import { redisSkipReason, redisUri } from '../support/redis.ts';
import { allHeard, joinTwo } from './redis/ends.ts';
import { describeClusterStream } from './redis/stream.ts';
import { describeChangeBus } from './suites/change-bus.ts';

describeChangeBus('memory', async () => {
  const errors: unknown[] = [];
  const bus = new MemoryChangeBus((error) => errors.push(error));
  return { here: bus, there: bus, errors, settled: async () => {}, close: async () => bus.close() };
});

const skip = redisSkipReason();

(skip === undefined ? describe : describe.skip)(skip ?? 'on a real Redis', () => {
  describeChangeBus('Redis', async () => {
    const { one: here, other: there, close } = await joinTwo({ url: redisUri() });
    return {
      here: here.cluster.bus,
      there: there.cluster.bus,
      errors: there.errors,
      settled: () => allHeard(here, there),
      close,
    };
  });
  describeClusterStream();
});
