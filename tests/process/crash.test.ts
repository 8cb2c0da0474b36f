import { SEED } from '../support/seed.ts';
import { runScript } from './command-process.ts';
import { openVisitorSession, readTranscript, type StaffSession, signIn } from './rest-client.ts';
import { ResumingSender } from './resuming-sender.ts';
import type { ServerProcess } from './server-process.ts';
import { ShownToAgent } from './shown-to-agent.ts';
import { ADMIN, describeOnStoredData, SITE_KEY, type StoredData } from './stored-server.ts';

/** `CRASH_SENDERS=50 CRASH_MESSAGES=20000` is the long form. */
const SENDERS = Number(process.env.CRASH_SENDERS ?? 8);
const MESSAGES = Number(process.env.CRASH_MESSAGES ?? 400);
const PER_SENDER = Math.ceil(MESSAGES / SENDERS);
const TOTAL = PER_SENDER * SENDERS;
/** Messages that each sender keeps under way. */
const WINDOW = 4;
const TEST_TIMEOUT_MS = 120_000 + 10 * TOTAL;

describeOnStoredData(`kill -9 amid ${TOTAL} messages of ${SENDERS} senders, seed ${SEED}`, (newData) => {
  let data: StoredData;
  let senders: ResumingSender[];
  let shown: ShownToAgent | undefined;

  beforeEach(() => {
    data = newData();
    senders = [];
  });
  afterEach(async () => {
    for (const sender of senders) sender.close();
    shown?.close();
    await data.remove();
  });

  it.each([1, 2])(
    'P1 P2 P3: after %i kills every acknowledged message is in its transcript once, in order and without a gap',
    async (kills) => {
      const crash = new Crash(killPoints(kills));
      const server = await data.start();
      const staff = await signIn(server.url, ADMIN);
      shown = new ShownToAgent(server.url, staff);
      await shown.online();
      senders = await openSenders(server.url, () => crash.acknowledged());
      const finished = Promise.all(senders.map((sender) => sender.finished()));
      const last = await restartAfterEachKill({ server, data, crash, finished, senders });
      await finished;
      await expectWhole(last.url, staff, senders);
      await expectShownIsStored(last.url, staff, shown);
      expect(await verifyRecords(data)).toBe('every record is what was written\n');
      expect(await last.stop()).toEqual({ code: 0, signal: null });
    },
    TEST_TIMEOUT_MS,
  );
});

/** Counts of acknowledgements at which the server is killed, spread by the seed over the stream's middle. */
function killPoints(kills: number): number[] {
  const share = (SEED % 1_000) / 1_000;
  return Array.from({ length: kills }, (_, kill) =>
    Math.floor((TOTAL * (kill + 0.5 + share / 2)) / (kills + 1)),
  );
}

/** Kills the server at the acknowledgement that it waits for, before the next one is read. */
class Crash {
  readonly points: readonly number[];
  server: ServerProcess | undefined;
  #acknowledged = 0;

  constructor(points: readonly number[]) {
    this.points = points;
  }

  acknowledged(): void {
    this.#acknowledged += 1;
    if (this.points.includes(this.#acknowledged)) this.server?.child.kill('SIGKILL');
  }
}

async function restartAfterEachKill(run: {
  server: ServerProcess;
  data: StoredData;
  crash: Crash;
  finished: Promise<unknown>;
  senders: readonly ResumingSender[];
}): Promise<ServerProcess> {
  const { port } = new URL(run.server.url);
  let server = run.server;
  for (const _ of run.crash.points) {
    run.crash.server = server;
    const exit = await Promise.race([server.exited, run.finished]);
    expect(exit).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await verifyRecords(run.data)).toBe('every record is what was written\n');
    // Otherwise the kill came too late to show anything.
    expect(run.senders.some(({ underWay }) => underWay > 0)).toBe(true);
    server = await run.data.start({ PORT: port });
  }
  return server;
}

/** A kill must not look like tampering. */
async function verifyRecords(data: StoredData): Promise<string> {
  return (await runScript('dist/server/commands.js', ['records', 'verify'], data)).out;
}

function openSenders(url: string, onAck: () => void): Promise<ResumingSender[]> {
  return Promise.all(
    Array.from({ length: SENDERS }, async (_, sender) => {
      const { token } = await openVisitorSession(url, SITE_KEY);
      const texts = Array.from({ length: PER_SENDER }, (_text, index) => `line ${index} of sender ${sender}`);
      return new ResumingSender({ url, token, texts, window: WINDOW, onAck });
    }),
  );
}

async function expectWhole(
  url: string,
  staff: StaffSession,
  senders: readonly ResumingSender[],
): Promise<void> {
  for (const sender of senders) {
    const { messages = [] } = await readTranscript(url, staff, sender.conversationId);
    const kept = messages.map(({ id, seq, text }) => ({ id, seq, text }));
    expect(kept).toEqual(sender.acked.map(({ id, seq, text }) => ({ id, seq, text })));
    expect(kept.map(({ seq }) => seq)).toEqual(Array.from({ length: PER_SENDER }, (_, index) => index + 1));
    expect(sender.contradictions).toEqual([]);
  }
  expect(senders.reduce((sum, { resent }) => sum + resent, 0)).toBeGreaterThan(0);
}

/** Nobody was shown a message that a crash then took back. */
async function expectShownIsStored(url: string, staff: StaffSession, shown: ShownToAgent): Promise<void> {
  for (const [conversationId, messages] of shown.byConversation) {
    const { messages: kept = [] } = await readTranscript(url, staff, conversationId);
    const stored = new Map(kept.map(({ id, seq, text }) => [id, `${seq} ${text}`]));
    const missing = messages.filter(({ id, seq, text }) => stored.get(id) !== `${seq} ${text}`);
    expect(missing).toEqual([]);
  }
  expect(shown.byConversation.size).toBeGreaterThan(0);
}
