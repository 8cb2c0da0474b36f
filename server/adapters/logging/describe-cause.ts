import { pathToFileURL } from 'node:url';
import { ERRORS } from '../../../shared/protocol/index.ts';

/** What may be kept of an error: nothing that data can have shaped. */
export interface CauseDescription {
  readonly class: string;
  readonly code?: string | number;
  /** `path:line:column`, nearest call first, paths relative to the project. */
  readonly frames?: readonly string[];
  readonly cause?: CauseDescription;
}

const MOST_FRAMES = 12;
const DEEPEST_CAUSE = 3;
const CLASS_NAME = /^[A-Za-z_$][\w$]{0,60}$/;
/** Codes of Node, of drivers and of SQL states: names that libraries chose, in capitals. */
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{1,50}$/;
const FRAME = /^ {4}at (?:.{0,500} \()?(?:async )?([^()\s]{1,500}:\d+:\d+)\)?$/;
const PROJECT_LOCATION = /^[\w@./+-]+\.[cm]?[jt]sx?:\d+:\d+$/;
const NODE_LOCATION = /^node:[\w/]+:\d+:\d+$/;

/**
 * Describes an error without its message: a message can hold what a person typed (a parser quotes its input, a
 * driver its query).
 */
export function describeCause(cause: unknown, projectRoot: string, depth = 1): CauseDescription {
  if (typeof cause !== 'object' || cause === null) return { class: typeof cause };
  const code = codeOf(cause);
  const frames = framesOf(cause, projectRoot);
  const inner = 'cause' in cause && depth < DEEPEST_CAUSE ? cause.cause : undefined;
  return {
    class: classOf(cause),
    ...(code === undefined ? {} : { code }),
    ...(frames.length === 0 ? {} : { frames }),
    ...(inner === undefined ? {} : { cause: describeCause(inner, projectRoot, depth + 1) }),
  };
}

/** The class as the code declares it. `name` is not asked: it can be set to anything. */
function classOf(cause: object): string {
  const maker: unknown = cause.constructor;
  const name = typeof maker === 'function' ? maker.name : '';
  return CLASS_NAME.test(name) ? name : 'object';
}

function codeOf(cause: object): string | number | undefined {
  const code = 'code' in cause ? cause.code : undefined;
  if (typeof code === 'number' && Number.isSafeInteger(code)) return code;
  if (typeof code !== 'string') return undefined;
  return SYSTEM_CODE.test(code) || Object.hasOwn(ERRORS, code) ? code : undefined;
}

/**
 * Reads the frames behind the message. A message of several lines could pose as frames: when it cannot be cut off
 * exactly, there are none.
 */
function framesOf(cause: object, projectRoot: string): string[] {
  const stack = 'stack' in cause && typeof cause.stack === 'string' ? cause.stack : '';
  const message = 'message' in cause && typeof cause.message === 'string' ? cause.message : '';
  const at = stack.indexOf(message);
  if (message !== '' && at < 0) return [];
  const lines = stack.slice(at + message.length).split('\n', MOST_FRAMES + 1);
  return lines.flatMap((line) => locationOf(line, projectRoot) ?? []);
}

function locationOf(line: string, projectRoot: string): string | undefined {
  const location = FRAME.exec(line)?.[1];
  if (location === undefined) return undefined;
  if (NODE_LOCATION.test(location)) return location;
  const url = pathToFileURL(projectRoot).href;
  const inProject = [`${url}/`, `${projectRoot}/`].find((prefix) => location.startsWith(prefix));
  const relative = inProject === undefined ? undefined : location.slice(inProject.length);
  return relative !== undefined && PROJECT_LOCATION.test(relative) ? relative : undefined;
}
