import { Private } from '../../../server/domain/index.ts';
import {
  ActivityRecorder,
  type ActivityRecorderDeps,
} from '../../../server/features/visitors/activity-recorder.ts';
import { T0 } from '../../support/builders.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

it('is done writing only when what was being written is in the store too, so that a deletion meets all of it', async () => {
  let answer = () => {};
  const store = { append: () => new Promise<void>((resolve) => (answer = resolve)) };
  const parts = {
    store,
    settings: { get: async () => ({ logRetentionDays: 7 }) },
    redactor: { text: async (_account: string, text: string) => ({ text }) },
    clock: new FakeClock(T0),
    ids: { id: () => 'entry' },
    logger: new RecordingLogger(),
  };
  const recorder = new ActivityRecorder(parts as unknown as ActivityRecorderDeps);
  const visitor = { accountId: 'a', siteId: 's', sessionId: 'v' };
  await recorder.connected(visitor, { ip: new Private('192.0.2.7'), userAgent: new Private('x') });
  const first = recorder.flush();
  let isDone = false;
  const second = recorder.flush().then(() => (isDone = true));
  await new Promise(setImmediate);
  expect(isDone).toBe(false);
  answer();
  await Promise.all([first, second]);
  expect(isDone).toBe(true);
  recorder.close();
});
