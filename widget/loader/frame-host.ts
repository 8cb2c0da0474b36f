import type { Channel } from '../bridge/channel.ts';
import { offerChannel } from '../bridge/channel.ts';
import type { ToFrame, ToPage } from '../bridge/messages.ts';
import type { ScriptSettings } from './script-settings.ts';

type Layout = Extract<ToPage, { type: 'layout' }>;
type Styles = Readonly<Record<string, string>>;

/** Room that the frame needs, in CSS pixels, shadow included. */
const LAUNCHER_SIZE_PX = 88;
const PANEL_WIDTH_PX = 420;
const INVITE_WIDTH_PX = 380;
const PANEL_HEIGHT_PX = 720;
/** Around a card, for its shadow. */
const MARGIN_PX = 16;
/** Below this the chat takes the whole page. */
const COMPACT_QUERY = '(max-width: 480px), (max-height: 480px)';

const HOST_STYLES: Styles = { all: 'initial', position: 'fixed', 'z-index': '2147483000', display: 'none' };
const FRAME_STYLES: Styles = {
  border: '0',
  width: '100%',
  height: '100%',
  display: 'block',
  background: 'transparent',
  // Must equal the frame document's scheme, or browsers paint an opaque canvas behind it.
  'color-scheme': 'light',
};

/** Sets styles one by one: a strict content policy forbids style attributes and tags, not this. */
function applyStyles(element: HTMLElement, styles: Styles): void {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value, 'important');
}

function roomFor({ view, position, heightPx = 0 }: Layout, compact: boolean): Styles {
  if (view === 'hidden') return { display: 'none' };
  const other = position === 'left' ? 'right' : 'left';
  const corner = { display: 'block', top: 'auto', bottom: '0', [position]: '0', [other]: 'auto' };
  if (view === 'launcher') {
    return { ...corner, width: `${LAUNCHER_SIZE_PX}px`, height: `${LAUNCHER_SIZE_PX}px` };
  }
  if (view === 'invite') {
    const height = `min(${LAUNCHER_SIZE_PX + heightPx + MARGIN_PX}px, 100%)`;
    return { ...corner, width: `min(${INVITE_WIDTH_PX}px, 100%)`, height };
  }
  if (compact) return { ...corner, width: '100%', height: '100%' };
  return {
    ...corner,
    width: `min(${PANEL_WIDTH_PX}px, 100%)`,
    height: `min(${PANEL_HEIGHT_PX}px, 100%)`,
  };
}

/** The frame in the customer's page. */
export interface FrameHost {
  /** Sends now, or as soon as the frame listens. */
  send(message: ToFrame): void;
  focus(): void;
  close(): void;
}

/**
 * Puts the frame into a shadow root, where the page's styles do not reach, and opens the channel to it.
 * Shown only once the frame says what it wants to show.
 */
export function createFrameHost(
  settings: ScriptSettings,
  handlers: { onMessage: (message: ToPage) => void },
): FrameHost {
  const host = document.createElement('div');
  const frame = document.createElement('iframe');
  const compactQuery = window.matchMedia(COMPACT_QUERY);
  const waiting: ToFrame[] = [];
  let channel: Channel<ToFrame> | undefined;
  let layout: Layout | undefined;

  const arrange = () => {
    if (layout !== undefined) applyStyles(host, roomFor(layout, compactQuery.matches));
  };
  const send = (message: ToFrame) => {
    if (channel === undefined) waiting.push(message);
    else channel.send(message);
  };
  const onCompactChange = () => {
    arrange();
    send({ type: 'viewport', compact: compactQuery.matches });
  };
  const onMessage = (message: ToPage) => {
    if (message.type === 'layout') {
      layout = message;
      frame.title = message.title;
      arrange();
    }
    handlers.onMessage(message);
  };
  const connect = () => {
    const { contentWindow } = frame;
    if (contentWindow === null) return;
    channel?.close();
    channel = offerChannel({
      newChannel: () => new MessageChannel(),
      post: (message, targetOrigin, ports) => contentWindow.postMessage(message, targetOrigin, ports),
      frameOrigin: settings.host,
      onMessage,
    });
    channel.send({ type: 'viewport', compact: compactQuery.matches });
    for (const message of waiting.splice(0)) channel.send(message);
  };

  applyStyles(host, HOST_STYLES);
  applyStyles(frame, FRAME_STYLES);
  frame.title = 'Chat';
  frame.src = `${settings.host}/widget/frame.html?site=${encodeURIComponent(settings.siteKey)}`;
  frame.addEventListener('load', connect);
  compactQuery.addEventListener('change', onCompactChange);
  host.attachShadow({ mode: 'open' }).append(frame);
  // Beside the body: a page may transform or replace its body, and the chat should neither move nor vanish.
  document.documentElement.append(host);

  return {
    send,
    focus: () => frame.focus(),
    close: () => {
      compactQuery.removeEventListener('change', onCompactChange);
      frame.removeEventListener('load', connect);
      channel?.close();
      host.remove();
    },
  };
}
