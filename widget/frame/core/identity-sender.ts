import type { ErrorCode } from '../../../shared/protocol/index.ts';
import type { Ask } from './link.ts';

export interface IdentitySender {
  /** Profile fields that the page knows; those not yet delivered are joined. */
  set(fields: Readonly<Record<string, string>>): void;
  /** Sends what waits. */
  flush(): void;
}

/** Gives the server profile fields from the page, and says what it answered. */
export function createIdentitySender(ask: Ask, onAnswer: (refusal?: ErrorCode) => void): IdentitySender {
  let waiting: Record<string, string> = {};
  const run = async () => {
    const fields = waiting;
    if (Object.keys(fields).length === 0) return;
    waiting = {};
    const answer = await ask('profile:update', { fields });
    if (answer === undefined) waiting = { ...fields, ...waiting };
    else onAnswer(answer.ok ? undefined : answer.error.code);
  };
  return {
    set: (fields) => {
      waiting = { ...waiting, ...fields };
      void run();
    },
    flush: () => void run(),
  };
}
