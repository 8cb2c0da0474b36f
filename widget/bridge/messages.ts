/** What loader and frame call the message that opens their channel. */
export const CONNECT = 'engage:connect:1';

/** Things the page may ask of the widget as a whole. */
export type Command = 'open' | 'close' | 'show' | 'hide';

/** A value that goes with a tracked event. */
export type TrackedValue = string | number | boolean;

/** From the customer's page (loader) to the chat (frame). */
export type ToFrame =
  | { readonly type: 'page'; readonly url: string; readonly title: string; readonly referrer: string }
  | { readonly type: 'activity'; readonly scrollDepth?: number; readonly idle?: boolean }
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'track'; readonly name: string; readonly value?: TrackedValue }
  | {
      readonly type: 'identify';
      readonly fields: Readonly<Record<string, string>>;
      /** Signed by the site's own system. */
      readonly identity?: string;
    }
  /** The page has the visitor's consent to be recognised later. */
  | { readonly type: 'consent' }
  /** Compact: the page is so small that the chat covers all of it. */
  | { readonly type: 'viewport'; readonly compact: boolean };

/** What the frame shows, so that the loader can make room for it. */
export type FrameView = 'hidden' | 'launcher' | 'invite' | 'panel';

/** Things a page can listen to with `Engage('on', name, handler)`. */
export const PUBLIC_EVENTS = [
  'ready',
  'open',
  'close',
  'chat:started',
  'chat:ended',
  'unread',
  'identified',
  'invite:shown',
  'invite:accepted',
  'invite:dismissed',
] as const;
export type PublicEvent = (typeof PUBLIC_EVENTS)[number];

/** Flat data that goes with a public event; never the text of a message. */
export type EventDetail = Readonly<Record<string, string | number | boolean>>;

/** From the chat (frame) to the customer's page (loader). */
export type ToPage =
  | {
      readonly type: 'layout';
      readonly view: FrameView;
      readonly position: 'left' | 'right';
      /** Accessible name of the frame. */
      readonly title: string;
      /** What the view `invite` shows beside the launcher takes, in CSS pixels. */
      readonly heightPx?: number;
    }
  | { readonly type: 'event'; readonly event: PublicEvent; readonly detail: EventDetail };
