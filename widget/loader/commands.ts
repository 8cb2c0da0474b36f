import type { EventDetail, PublicEvent, ToFrame, TrackedValue } from '../bridge/messages.ts';
import { isPublicEvent, isRecord } from '../bridge/parse.ts';

export type Handler = (detail: EventDetail) => void;

/** What a page may pass to `Engage(...)`. */
export type CommandArguments = readonly unknown[];

/** Handlers of the page, by event. */
export interface Listeners {
  on(event: PublicEvent, handler: Handler): void;
  off(event: PublicEvent, handler?: Handler): void;
  emit(event: PublicEvent, detail: EventDetail): void;
}

/** A handler that throws is reported as the page's own fault and hinders no other. */
export function createListeners(): Listeners {
  const handlers = new Map<PublicEvent, Set<Handler>>();
  return {
    on: (event, handler) => {
      handlers.set(event, (handlers.get(event) ?? new Set()).add(handler));
    },
    off: (event, handler) => {
      if (handler === undefined) handlers.delete(event);
      else handlers.get(event)?.delete(handler);
    },
    emit: (event, detail) => {
      for (const handler of [...(handlers.get(event) ?? [])]) {
        try {
          handler(detail);
        } catch (error) {
          reportError(error);
        }
      }
    },
  };
}

/** What the commands act on. */
export interface CommandTargets {
  send(message: ToFrame): void;
  readonly listeners: Listeners;
  destroy(): void;
}

function isTrackedValue(value: unknown): value is TrackedValue {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function fieldsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  const entries = Object.entries(value).filter(([, field]) => isTrackedValue(field));
  return Object.fromEntries(entries.map(([key, field]) => [key, String(field)]));
}

/** Runs one command of the page. What is unknown or malformed does nothing: a page must not break by it. */
export function runCommand([name, first, second]: CommandArguments, targets: CommandTargets): void {
  const { send, listeners } = targets;
  switch (name) {
    case 'open':
    case 'close':
    case 'show':
    case 'hide':
      send({ type: 'command', command: name });
      break;
    case 'identify':
      send({
        type: 'identify',
        fields: fieldsOf(first),
        ...(typeof first === 'string' && { identity: first }),
      });
      break;
    case 'consent':
      send({ type: 'consent' });
      break;
    case 'track':
      if (typeof first !== 'string' || first === '') break;
      send({ type: 'track', name: first, ...(isTrackedValue(second) && { value: second }) });
      break;
    case 'on':
      if (isPublicEvent(first) && typeof second === 'function') listeners.on(first, second as Handler);
      break;
    case 'off':
      if (isPublicEvent(first)) listeners.off(first, second as Handler | undefined);
      break;
    case 'destroy':
      targets.destroy();
  }
}
