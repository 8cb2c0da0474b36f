import type { ErrorCode } from '../../../shared/protocol/index.ts';
import type { Ask } from './link.ts';

export interface IdentitySender {
  /** Profile fields that the page knows; those not yet delivered are joined. */
  set(fields: Readonly<Record<string, string>>): void;
  /** An identity that the site's own system has signed. */
  vouch(identity: string): void;
  /** The session is another one, and knows nothing of what the last one was told. */
  sessionChanged(): void;
  /** Sends what waits. */
  flush(): void;
}

/** Gives the server what the page knows of the visitor, and says what it answered. */
export function createIdentitySender(ask: Ask, onAnswer: (refusal?: ErrorCode) => void): IdentitySender {
  let told: Record<string, string> = {};
  let waiting: Record<string, string> = {};
  let identity: string | undefined;
  let identityWaits = false;
  const sendFields = async () => {
    const fields = waiting;
    if (Object.keys(fields).length === 0) return;
    waiting = {};
    const answer = await ask('profile:update', { fields });
    if (answer === undefined) waiting = { ...fields, ...waiting };
    else onAnswer(answer.ok ? undefined : answer.error.code);
  };
  const sendIdentity = async () => {
    if (!identityWaits || identity === undefined) return;
    identityWaits = false;
    const answer = await ask('visitor:identify', { identity });
    if (answer === undefined) identityWaits = true;
    else onAnswer(answer.ok ? undefined : answer.error.code);
  };
  const run = () => {
    void sendFields();
    void sendIdentity();
  };
  return {
    set: (fields) => {
      told = { ...told, ...fields };
      waiting = { ...waiting, ...fields };
      run();
    },
    vouch: (given) => {
      identity = given;
      identityWaits = true;
      run();
    },
    sessionChanged: () => {
      waiting = { ...told, ...waiting };
      identityWaits = identity !== undefined;
    },
    flush: run,
  };
}
