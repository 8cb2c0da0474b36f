import type { Socket } from 'socket.io';
import type { z } from 'zod';
import { type Ack, ERRORS, type WireError } from '../../../shared/protocol/index.ts';
import { type Authorization, Refusal } from '../../domain/index.ts';
import {
  IntegrityError,
  type Logger,
  type LogText,
  logId,
  type Metrics,
  StoreError,
} from '../../ports/index.ts';

/**
 * One client event as a record: what it takes, what it needs, what it costs of the socket's rate, what it does.
 * Forgetting one of them does not compile.
 */
export interface EventDefinition<Context, Payload, Data, Needs> {
  readonly schema: z.ZodType<Payload>;
  readonly authorization: Needs;
  /** Points taken from the socket's event rate. */
  readonly cost: number;
  /** Action that is written to the account's audit log before the event is answered. */
  readonly audit?: string;
  readonly handle: (context: Context, payload: Payload) => Promise<Data> | Data;
}

/** A record for every event of a namespace: leaving one out does not compile. */
export type EventTable<Events extends object, Context, Needs> = {
  readonly [Name in keyof Events]: Events[Name] extends { payload: infer Payload; data: infer Data }
    ? EventDefinition<Context, Payload, Data, Needs>
    : never;
};

type AnyDefinition<Context> = EventDefinition<Context, unknown, unknown, Authorization | 'own-session'>;

export interface DispatchDeps<Context> {
  readonly table: Readonly<Record<string, AnyDefinition<Context>>>;
  readonly context: Context;
  /** @throws Refusal when the context lacks what the event needs; a promise when that must be looked up first */
  readonly authorize: (needs: Authorization | 'own-session', event: string) => Promise<void> | undefined;
  /** Takes points of the socket's rate; answers how long to wait when there are not enough, else 0. */
  readonly takeRate: (points: number) => number;
  readonly audit: (action: string, payload: unknown) => Promise<void>;
  /** Does the work; that it was refused is noted where it must be. */
  readonly noting: <T>(event: string, payload: unknown, work: () => Promise<T> | T) => Promise<T>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type Reply = (ack: Ack<unknown>) => void;

const noReply: Reply = () => {};
/** Points of an event that does not exist: guessing costs as much as working. */
const UNKNOWN_COST = 1;

/** Answers every event of a socket; whatever comes in, nothing is thrown and nobody else is harmed. */
export function dispatchEvents<Context>(socket: Socket, deps: DispatchDeps<Context>): void {
  socket.onAny((name: unknown, ...args: unknown[]) => {
    const last = args.at(-1);
    const reply = typeof last === 'function' ? (last as Reply) : noReply;
    const payload = typeof args[0] === 'function' ? undefined : args[0];
    answer(deps, String(name), payload).then(reply, (error) => {
      reply({ ok: false, error: toWireError(error) });
      deps.logger.error('an event could not be answered', error);
    });
  });
}

async function answer<Context>(
  deps: DispatchDeps<Context>,
  name: string,
  payload: unknown,
): Promise<Ack<unknown>> {
  const definition = Object.hasOwn(deps.table, name) ? deps.table[name] : undefined;
  const label = definition === undefined ? 'unknown' : name;
  deps.metrics.count('socket_events_total', { event: label });
  try {
    const retryAfterMs = deps.takeRate(definition?.cost ?? UNKNOWN_COST);
    if (retryAfterMs > 0) throw new Refusal('rate_limited', { retryAfterMs });
    if (definition === undefined) throw new Refusal('bad_request', { detail: 'There is no such event.' });
    const data = await deps.noting(name, payload, async () => {
      const lookup = deps.authorize(definition.authorization, name);
      // Without a pause where there is nothing to look up, so that events keep the order in which they came.
      if (lookup !== undefined) await lookup;
      return definition.handle(deps.context, parse(definition.schema, payload));
    });
    if (definition.audit !== undefined) await deps.audit(definition.audit, payload);
    return { ok: true, data };
  } catch (error) {
    return { ok: false, error: refused(error, label, deps) };
  }
}

/** @throws Refusal `bad_request` with the paths of the faults; never with a value */
function parse<Payload>(schema: z.ZodType<Payload>, payload: unknown): Payload {
  const parsed = schema.safeParse(payload ?? {});
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, code }) => ({ path: path.join('.'), message: code }));
  throw new Refusal('bad_request', { errors });
}

function refused<Context>(error: unknown, event: string, deps: DispatchDeps<Context>): WireError {
  const wire = toWireError(error);
  deps.metrics.count('socket_refused_total', { event, code: wire.code });
  // `event` is a name from the table or `unknown`, never what a client sent.
  const name: LogText = logId(event);
  if (wire.code === 'internal' || wire.code === 'store.unavailable') {
    deps.logger.error('an event failed', error, { event: name });
  }
  return wire;
}

/** Any error as a client may see it. */
export function toWireError(error: unknown): WireError {
  const refusal = asRefusal(error);
  const { code, message, errors, retryAfterMs } = refusal;
  return {
    code,
    message,
    retryable: ERRORS[code].retryable,
    ...(errors !== undefined && { errors }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof IntegrityError) return new Refusal('transcript.tampered');
  if (error instanceof StoreError) return new Refusal('store.unavailable');
  return new Refusal('internal');
}
