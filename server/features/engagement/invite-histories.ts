import type { VisitorSession } from '../../domain/index.ts';
import type { Clock, EntityStore, Logger } from '../../ports/index.ts';
import type { EngagedSession } from './sessions.ts';

/** Another writer (a tab that opens the session) may come between this often. */
const ATTEMPTS = 5;

export interface InviteHistoriesDeps {
  readonly sessions: EntityStore<VisitorSession>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What frequency limits count, written with the session at once, so that neither a crash nor a new session makes a rule
 * forget that it fired. Seldom: only when a rule fires or an invitation is put away.
 */
export class InviteHistories {
  readonly #deps: InviteHistoriesDeps;
  readonly #writing = new Map<string, Promise<void>>();

  constructor(deps: InviteHistoriesDeps) {
    this.#deps = deps;
  }

  keep(session: EngagedSession): void {
    const { sessionId } = session.visitor;
    const before = this.#writing.get(sessionId) ?? Promise.resolve();
    const writing = before
      .then(() => this.#write(session))
      .catch((error) => this.#deps.logger.error('a fired rule could not be noted', error))
      .finally(() => {
        if (this.#writing.get(sessionId) === writing) this.#writing.delete(sessionId);
      });
    this.#writing.set(sessionId, writing);
  }

  /** Resolves when everything is written. */
  async flush(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  async #write({ visitor: { sessionId }, state }: EngagedSession): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const stored = await this.#deps.sessions.get(sessionId);
      if (stored === undefined) return;
      const { firings, dismissedAt } = state.facts.toFacts();
      const invited = { firings, ...(dismissedAt !== undefined && { dismissedAt }) };
      if (await this.#deps.sessions.replace({ ...stored, version: stored.version + 1, invited })) return;
    }
    throw new Error('a visitor session is contended');
  }
}
