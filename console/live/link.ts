import type {
  Ack,
  AgentEventName,
  AgentEvents,
  ErrorCode,
  ServerToAgent,
} from '../../shared/protocol/index.ts';

export type Payload<Name extends AgentEventName> = AgentEvents[Name]['payload'];
export type Data<Name extends AgentEventName> = AgentEvents[Name]['data'];

/** No acknowledgement came: the line was cut or the server took too long. The event may have had its effect. */
export class NoAnswer extends Error {
  constructor() {
    super('no answer');
    this.name = 'NoAnswer';
  }
}

/** What the live client needs of a socket; the tests play it, `socket-link.ts` is the real one. */
export interface Link {
  /** Starts connecting, and keeps at it until `close`. */
  open(): void;
  close(): void;
  /**
   * Sends an event and waits for its acknowledgement.
   * @throws NoAnswer when the line is cut or nothing came in time
   */
  ask<Name extends AgentEventName>(name: Name, payload: Payload<Name>): Promise<Ack<Data<Name>>>;
  on<Name extends keyof ServerToAgent>(name: Name, listener: (payload: ServerToAgent[Name]) => void): void;
  /** `up`: connected (again). `down`: cut, trying again. `refused`: the server will not have this user. */
  onStatus(listener: (status: LinkStatus) => void): void;
}

export type LinkStatus =
  | { readonly kind: 'up' }
  | { readonly kind: 'down' }
  | { readonly kind: 'refused'; readonly code: ErrorCode };
