import type { AgentEventName } from '../../shared/protocol/index.ts';
import { type Data, type Link, NoAnswer, type Payload } from './link.ts';

/** Why an action did not happen; `message` is fit to be shown. */
export class ActionRefused extends Error {}

/** Whether an action failed by the server's word or for want of an answer, and not by a fault of this code. */
export function isRefusedOrCut(error: unknown): boolean {
  return error instanceof NoAnswer || error instanceof ActionRefused;
}

/** For `catch`: no answer becomes undefined, anything else is thrown on. */
export function unanswered(error: unknown): undefined {
  if (!(error instanceof NoAnswer)) throw error;
}

/** What the console asks of the server over the socket, with refusals as errors. */
export class Requests {
  readonly #link: Link;
  readonly #isOnline: () => boolean;

  constructor(link: Link, isOnline: () => boolean) {
    this.#link = link;
    this.#isOnline = isOnline;
  }

  /** @throws ActionRefused when the server says no, NoAnswer when it says nothing */
  async ask<Name extends AgentEventName>(name: Name, payload: Payload<Name>): Promise<Data<Name>> {
    const ack = await this.#link.ask(name, payload);
    if (!ack.ok) throw new ActionRefused(ack.error.message);
    return ack.data;
  }

  /** For what may be lost without harm: the next one, or the next resync, puts it right. */
  tell<Name extends AgentEventName>(name: Name, payload: Payload<Name>): void {
    if (this.#isOnline()) this.ignoreCut(this.#link.ask(name, payload));
  }

  /** A cut is put right by the resync that follows it. */
  ignoreCut(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!isRefusedOrCut(error)) throw error;
    });
  }
}
