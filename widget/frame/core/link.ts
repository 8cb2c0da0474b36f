import type {
  Ack,
  ServerToVisitor,
  VisitorEventName,
  VisitorEvents,
} from '../../../shared/protocol/index.ts';

/** The answer to an event; undefined: none came, and whether the server took the event is unknown. */
export type Answer<Name extends VisitorEventName> = Ack<VisitorEvents[Name]['data']> | undefined;

/** Sends one event and waits for its answer. */
export type Ask = <Name extends VisitorEventName>(
  name: Name,
  payload: VisitorEvents[Name]['payload'],
) => Promise<Answer<Name>>;

/** Something the server said unasked. */
export type ServerEvent = {
  [Name in keyof ServerToVisitor]: { readonly name: Name; readonly payload: ServerToVisitor[Name] };
}[keyof ServerToVisitor];

export interface LinkHandlers {
  /** Connected and admitted. */
  onUp(): void;
  /** No longer connected; the link tries again by itself. */
  onDown(): void;
  /** The server ended it or refused the handshake; the link waits for the next `open`. */
  onRefused(code: string | undefined): void;
  onEvent(event: ServerEvent): void;
}

/** A connection to the visitor namespace. The client knows no more of sockets than this. */
export interface Link {
  /** Connects, or connects anew, with this token. */
  open(token: string): void;
  /** Answers undefined when not connected, on loss of the connection and after `timeoutMs`. */
  ask<Name extends VisitorEventName>(
    name: Name,
    payload: VisitorEvents[Name]['payload'],
    timeoutMs: number,
  ): Promise<Answer<Name>>;
  close(): void;
}

export type CreateLink = (handlers: LinkHandlers) => Link;
