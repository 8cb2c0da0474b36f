import type {
  Channel,
  ListeningWindow,
  Port,
  PortPair,
  WindowMessage,
} from '../../../widget/bridge/channel.ts';
import { acceptChannel, offerChannel } from '../../../widget/bridge/channel.ts';
import type { ToFrame, ToPage } from '../../../widget/bridge/messages.ts';
import { CONNECT } from '../../../widget/bridge/messages.ts';
import { parseToFrame, parseToPage } from '../../../widget/bridge/parse.ts';

type Listener = (event: WindowMessage) => void;
const PAGE = 'https://shop.example';
const HOST = 'https://chat.example';

/** A page and the frame in it: what one posts to the other arrives only if the target origin fits. */
function makeWindows() {
  const listeners = new Set<Listener>();
  const parent = {};
  const posted: string[] = [];
  const deliver = (data: unknown, options: { source?: unknown; ports?: readonly Port[] }) => {
    const { source = parent, ports = [] } = options;
    for (const listener of [...listeners]) listener({ data, source, ports, origin: PAGE });
  };
  const frameWindow: ListeningWindow = {
    parent,
    addEventListener: (_type, listener) => listeners.add(listener),
    removeEventListener: (_type, listener) => listeners.delete(listener),
  };
  const post = (data: unknown, targetOrigin: string, ports: Port[]) => {
    posted.push(targetOrigin);
    if (targetOrigin === HOST) deliver(data, { ports });
  };
  return { frameWindow, post, deliver, posted };
}

/** Node has the same channels as browsers; its typings know only their Node side. */
const newChannel = () => new MessageChannel() as unknown as PortPair;

const nextTurn = async () => await new Promise((resolve) => setTimeout(resolve, 20));

describe('bridge: channel', () => {
  it('carries messages both ways, names the page by what the browser says, and never posts to all', async () => {
    const { frameWindow, post, posted } = makeWindows();
    const toFrame: ToFrame[] = [];
    const toPage: ToPage[] = [];
    let frameEnd: Channel<ToPage> | undefined;
    let origin = '';
    acceptChannel({
      window: frameWindow,
      onMessage: (message) => toFrame.push(message),
      onOpen: (channel, pageOrigin) => {
        frameEnd = channel;
        origin = pageOrigin;
      },
    });
    const pageEnd = offerChannel({
      newChannel,
      post,
      frameOrigin: HOST,
      onMessage: (message) => toPage.push(message),
    });
    pageEnd.send({ type: 'command', command: 'open' });
    frameEnd?.send({ type: 'event', event: 'open', detail: {} });
    await nextTurn();
    expect(toFrame).toEqual([{ type: 'command', command: 'open' }]);
    expect(toPage).toEqual([{ type: 'event', event: 'open', detail: {} }]);
    expect(origin).toBe(PAGE);
    expect(posted).toEqual([HOST]);
    pageEnd.close();
    frameEnd?.close();
  });

  it('takes no channel from another window, none without the right name, and only the first', () => {
    const { frameWindow, deliver } = makeWindows();
    const opened = jest.fn();
    acceptChannel({ window: frameWindow, onMessage: () => undefined, onOpen: opened });
    const ports = () => {
      const { port1, port2 } = newChannel();
      made.push(port1, port2);
      return [port2];
    };
    const made: Port[] = [];
    deliver({ type: CONNECT }, { source: {}, ports: ports() });
    deliver({ type: 'something' }, { ports: ports() });
    deliver({ type: CONNECT }, {});
    expect(opened).not.toHaveBeenCalled();
    deliver({ type: CONNECT }, { ports: ports() });
    deliver({ type: CONNECT }, { ports: ports() });
    expect(opened).toHaveBeenCalledTimes(1);
    for (const port of made) port.close();
  });

  it('takes no channel when nothing is around the frame', () => {
    const { frameWindow, deliver } = makeWindows();
    const opened = jest.fn();
    const alone = { ...frameWindow };
    Object.assign(alone, { parent: alone });
    acceptChannel({ window: alone, onMessage: () => undefined, onOpen: opened });
    const { port1, port2 } = newChannel();
    deliver({ type: CONNECT }, { source: alone, ports: [port2] });
    expect(opened).not.toHaveBeenCalled();
    port1.close();
    port2.close();
  });
});

describe('bridge: parsing', () => {
  const toFrame: ToFrame[] = [
    { type: 'page', url: 'https://shop.example/', title: 'Shop', referrer: '' },
    { type: 'activity', scrollDepth: 40 },
    { type: 'activity', idle: true },
    { type: 'command', command: 'hide' },
    { type: 'track', name: 'cart', value: 12 },
    { type: 'identify', fields: { customer: '1' } },
    { type: 'viewport', compact: false },
  ];
  it.each(toFrame)('takes %j', (message) => expect(parseToFrame(message)).toEqual(message));

  it.each([
    null,
    'open',
    [],
    { type: 'command', command: 'destroy' },
    { type: 'constructor' },
    { type: '__proto__' },
    { type: 'page', url: 1, title: '', referrer: '' },
    { type: 'activity', scrollDepth: Number.NaN },
    { type: 'identify', fields: { age: 4 } },
    { type: 'track', name: 'a', value: {} },
  ])('gives a frame nothing for %j', (message) => expect(parseToFrame(message)).toBeUndefined());

  it.each([
    { type: 'layout', view: 'panel', position: 'top', title: '' },
    { type: 'event', event: 'message', detail: {} },
    { type: 'event', event: 'unread', detail: { count: {} } },
  ])('gives a page nothing for %j', (message) => expect(parseToPage(message)).toBeUndefined());
});
