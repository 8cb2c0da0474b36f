import type { ToFrame, ToPage } from './messages.ts';
import { CONNECT } from './messages.ts';
import { isRecord, parseToFrame, parseToPage } from './parse.ts';

/** One end of the private line between page and frame. */
export interface Channel<Out> {
  send(message: Out): void;
  close(): void;
}

/** What is used of a `MessagePort`. Structural, so that it can be tested without a browser's types. */
export interface Port {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start(): void;
  postMessage(message: unknown): void;
  close(): void;
}

/** Both ends of a new `MessageChannel`. */
export interface PortPair {
  readonly port1: Port;
  readonly port2: Port;
}

/** What is used of the event that brings a message to a window. */
export interface WindowMessage {
  readonly data: unknown;
  readonly source: unknown;
  readonly origin: string;
  readonly ports: readonly Port[];
}

interface PortOptions<In> {
  readonly port: Port;
  readonly parse: (value: unknown) => In | undefined;
  readonly onMessage: (message: In) => void;
}

function channelOn<In, Out>({ port, parse, onMessage }: PortOptions<In>): Channel<Out> {
  port.addEventListener('message', (event) => {
    const message = parse(event.data);
    if (message !== undefined) onMessage(message);
  });
  port.start();
  return { send: (message) => port.postMessage(message), close: () => port.close() };
}

/**
 * The page's end: hands one port of a new channel to the frame. The browser delivers it only to a
 * document of `frameOrigin`, so whatever else the frame may have become gets nothing.
 */
export function offerChannel<Ports extends PortPair>(offer: {
  newChannel: () => Ports;
  /** Posts to the frame's window. */
  post: (message: unknown, targetOrigin: string, transfer: Ports['port2'][]) => void;
  frameOrigin: string;
  onMessage: (message: ToPage) => void;
}): Channel<ToFrame> {
  const { port1, port2 } = offer.newChannel();
  const channel = channelOn<ToPage, ToFrame>({
    port: port1,
    parse: parseToPage,
    onMessage: offer.onMessage,
  });
  offer.post({ type: CONNECT }, offer.frameOrigin, [port2]);
  return channel;
}

/** What the frame's window offers to {@link acceptChannel}. */
export interface ListeningWindow {
  readonly parent: unknown;
  addEventListener(type: 'message', listener: (event: WindowMessage) => void): void;
  removeEventListener(type: 'message', listener: (event: WindowMessage) => void): void;
}

/**
 * The frame's end: takes the first channel that the window around it offers and no other. All that follows
 * travels on that channel's port, which nobody else holds, so neither side has to name the other's
 * origin or post to everybody. `pageOrigin` is what the browser says of the sender.
 */
export function acceptChannel(accept: {
  window: ListeningWindow;
  onOpen: (channel: Channel<ToPage>, pageOrigin: string) => void;
  onMessage: (message: ToFrame) => void;
}): () => void {
  const { window, onOpen, onMessage } = accept;
  const listener = (event: WindowMessage) => {
    const port = event.ports[0];
    const fromAround = event.source === window.parent && window.parent !== window;
    if (!fromAround || port === undefined || !isRecord(event.data) || event.data.type !== CONNECT) return;
    window.removeEventListener('message', listener);
    onOpen(channelOn<ToFrame, ToPage>({ port, parse: parseToFrame, onMessage }), event.origin);
  };
  window.addEventListener('message', listener);
  return () => window.removeEventListener('message', listener);
}
