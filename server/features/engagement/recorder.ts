import {
  type Recording,
  unitHash,
  type VisitorEvent,
  type World,
  type WorldEvent,
} from '../../domain/engagement/index.ts';
import { DAY_MS, type VisitorRecording } from '../../domain/index.ts';
import { type Clock, type EntityStore, type Logger, UniqueViolation } from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { LiveVisitor } from '../visitors/live-visitors.ts';
import type { EngagedSession } from './sessions.ts';
import type { Surrounding } from './surroundings.ts';

/** Recordings that grew are written this often. */
const FLUSH_MS = 30_000;
/** A session that goes on and on is recorded up to here. */
const EVENTS_PER_RECORDING = 1_000;

interface Running {
  readonly accountId: string;
  readonly visitor: Pick<LiveVisitor, 'sockets' | 'lastSeenAt'>;
  /** Its own; it outlives no transcript of the account. */
  readonly retentionMs: number;
  readonly recording: Omit<Recording, 'events'> & { readonly events: (VisitorEvent | WorldEvent)[] };
  readonly createdAt: number;
  version: number;
  grown: boolean;
}

export interface RecorderDeps {
  readonly recordings: EntityStore<VisitorRecording>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Records what a sample of visitors does, where the account has asked for it: from the beginning of a session, with what
 * changes around it, so that any rule set can be run on it later. Values of fields are left out.
 */
export class Recorder {
  readonly #deps: RecorderDeps;
  readonly #running = new Map<string, Running>();
  readonly #samples = new Map<string, { percent: number; retentionMs: number }>();
  readonly #stop: () => void;
  #flushing: Promise<void> = Promise.resolve();

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(FLUSH_MS, () => {
      this.flush().catch((error) => deps.logger.error('recordings could not be kept', error));
    });
  }

  /** How large a sample the account wants is read again. */
  async prepare(accountId: string): Promise<void> {
    const { samplePercent, retentionDays } = (await this.#deps.settings.get(accountId)).engagement.recordings;
    this.#samples.set(accountId, { percent: samplePercent, retentionMs: retentionDays * DAY_MS });
  }

  /** Begins when the session is new and in the sample. */
  begin(session: EngagedSession, world: World): void {
    const { accountId, sessionId } = session.visitor;
    const { percent, retentionMs } = this.#samples.get(accountId) ?? { percent: 0, retentionMs: 0 };
    const facts = session.state.facts.toFacts();
    if (facts.pageViews > 0 || unitHash(`recording\n${sessionId}`) * 100 >= percent) return;
    const { agentsAvailable, queueLength } = world;
    const createdAt = this.#deps.clock.now();
    this.#running.set(sessionId, {
      ...{ accountId, visitor: session.visitor, createdAt, retentionMs, version: 0, grown: false },
      recording: { visitor: { ...facts, fields: {} }, agentsAvailable, queueLength, events: [] },
    });
  }

  event({ visitor: { sessionId } }: EngagedSession, event: VisitorEvent): void {
    const running = this.#running.get(sessionId);
    if (running !== undefined) add(running, event.type === 'fields' ? { ...event, fields: {} } : event);
  }

  /** What surrounds the visitors of an account has changed. */
  surroundings(accountId: string, { agentsAvailable, queueLength }: Surrounding): void {
    const at = this.#deps.clock.now();
    for (const running of this.#running.values()) {
      if (running.accountId !== accountId) continue;
      add(running, { at, type: 'agents-available', count: agentsAvailable });
      add(running, { at, type: 'queue-length', count: queueLength });
    }
  }

  /** The session has left the memory: its recording is written a last time. */
  end(sessionId: string): void {
    const running = this.#running.get(sessionId);
    if (running === undefined) return;
    this.#running.delete(sessionId);
    if (running.grown) {
      this.#write(sessionId, running).catch((error) => {
        this.#deps.logger.error('a recording could not be kept', error);
      });
    }
  }

  /** Nothing more is recorded of the session; what is in memory of it goes. */
  forget(sessionId: string): void {
    this.#running.delete(sessionId);
  }

  /** As {@link forget}, and what was recorded is deleted. */
  async erase(sessionId: string): Promise<void> {
    this.forget(sessionId);
    await this.#flushing.catch(() => {});
    await this.#deps.recordings.delete(sessionId);
  }

  flush(): Promise<void> {
    this.#flushing = this.#flushing.catch(() => {}).then(() => this.#flush());
    return this.#flushing;
  }

  close(): void {
    this.#stop();
  }

  async #flush(): Promise<void> {
    for (const [sessionId, running] of this.#running) {
      // That a visitor is still there and does nothing is worth knowing too: time alone makes rules fire.
      if (running.grown || running.visitor.sockets > 0) await this.#write(sessionId, running);
    }
  }

  async #write(sessionId: string, running: Running): Promise<void> {
    const { accountId, createdAt, retentionMs, recording } = running;
    const { transcriptRetentionDays } = await this.#deps.settings.get(accountId);
    // Not before: what comes while the settings are read is in the recording too, and must not lie behind its end.
    const now = this.#deps.clock.now();
    const expiresAt = createdAt + Math.min(retentionMs, transcriptRetentionDays * DAY_MS);
    if (expiresAt <= now) return;
    running.grown = false;
    const version = running.version + 1;
    const until = untilOf(running, now);
    const events = recording.events.filter(({ at }) => at <= until);
    const record: VisitorRecording = {
      ...{ id: sessionId, sessionId, accountId, version, createdAt, updatedAt: now },
      ...{ retainFrom: createdAt, retentionMs, expiresAt },
      recording: { ...recording, events, until },
    };
    if (await this.#put(record)) running.version = version;
  }

  /** One that was deleted meanwhile stays so. */
  async #put(record: VisitorRecording): Promise<boolean> {
    if (record.version > 1) return this.#deps.recordings.replace(record);
    return this.#deps.recordings.insert(record).then(
      () => true,
      (error) => {
        if (error instanceof UniqueViolation) return false;
        throw error;
      },
    );
  }
}

/**
 * How far a replay may run: nothing is decided while nobody is there, whatever else changes then; and of a full recording
 * it is not known what came behind its last event.
 */
function untilOf({ visitor, recording }: Running, now: number): number {
  const last = recording.events.at(-1)?.at ?? now;
  if (recording.events.length >= EVENTS_PER_RECORDING) return last;
  return visitor.sockets > 0 ? now : visitor.lastSeenAt;
}

function add(running: Running, event: VisitorEvent | WorldEvent): void {
  if (running.recording.events.length >= EVENTS_PER_RECORDING) return;
  running.recording.events.push(event);
  running.grown = true;
}
