import type { Command, FrameView, PublicEvent, ToFrame, ToPage, TrackedValue } from './messages.ts';
import { PUBLIC_EVENTS } from './messages.ts';

type Loose = Readonly<Record<string, unknown>>;

const COMMANDS: readonly string[] = ['open', 'close', 'show', 'hide'] satisfies Command[];
const VIEWS: readonly string[] = ['hidden', 'launcher', 'invite', 'panel'] satisfies FrameView[];

/** Whether something is a plain record whose keys may be read. */
export function isRecord(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isTracked = (value: unknown): value is TrackedValue =>
  isText(value) || isFlag(value) || isNumber(value);
const optional = (value: unknown, check: (value: unknown) => boolean) => value === undefined || check(value);

function isFields(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every(isText);
}

const toFrameChecks: { [Type in ToFrame['type']]: (message: Loose) => boolean } = {
  page: (m) => isText(m.url) && isText(m.title) && isText(m.referrer),
  activity: (m) => optional(m.scrollDepth, isNumber) && optional(m.idle, isFlag),
  command: (m) => isText(m.command) && COMMANDS.includes(m.command),
  track: (m) => isText(m.name) && optional(m.value, isTracked),
  identify: (m) => isFields(m.fields) && optional(m.identity, isText),
  consent: () => true,
  viewport: (m) => isFlag(m.compact),
};

const toPageChecks: { [Type in ToPage['type']]: (message: Loose) => boolean } = {
  layout: (m) =>
    isText(m.view) &&
    VIEWS.includes(m.view) &&
    (m.position === 'left' || m.position === 'right') &&
    isText(m.title) &&
    optional(m.heightPx, isNumber),
  event: (m) => isPublicEvent(m.event) && isRecord(m.detail) && Object.values(m.detail).every(isTracked),
};

/** Whether a page may listen to this name. */
export function isPublicEvent(value: unknown): value is PublicEvent {
  return (PUBLIC_EVENTS as readonly unknown[]).includes(value);
}

function passes(checks: Readonly<Record<string, (message: Loose) => boolean>>, value: unknown): boolean {
  if (!isRecord(value) || !isText(value.type)) return false;
  return Object.hasOwn(checks, value.type) && checks[value.type]?.(value) === true;
}

/** The message for the frame, or undefined when it is none: another script may post anything. */
export function parseToFrame(value: unknown): ToFrame | undefined {
  return passes(toFrameChecks, value) ? (value as ToFrame) : undefined;
}

/** The message for the page, or undefined when it is none. */
export function parseToPage(value: unknown): ToPage | undefined {
  return passes(toPageChecks, value) ? (value as ToPage) : undefined;
}
