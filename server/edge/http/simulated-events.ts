import type { z } from 'zod';
import type { simulateSchema } from '../../../shared/schemas/rest/index.ts';
import { visitorEventSchemas as schemas } from '../../../shared/schemas/visitor-events.ts';
import type { VisitorEvent, WorldEvent } from '../../domain/engagement/index.ts';
import { Refusal } from '../../domain/index.ts';
import type { SimulationInput } from '../../features/engagement/rule-trials.ts';

type SimulateBody = z.output<typeof simulateSchema>;
type Scripted = SimulateBody['events'][number];

/**
 * A scripted session as the engine takes it. Payloads are those of `/visitor`, and checked as there.
 * @throws Refusal `invalid_value` with the place of the event and the fault in it
 */
export function simulationOf(body: SimulateBody): SimulationInput {
  const { events, visitor, agentsAvailable, queueLength, until, rules } = body;
  return {
    events: events.flatMap((event, index) => engineEvent(event, index) ?? []),
    ...{ visitor, agentsAvailable, queueLength, rules: rules as SimulationInput['rules'] },
    until: until === undefined ? undefined : millisecondsOf(until),
    numbers: typeof (events[0]?.at ?? until) === 'number',
  };
}

/** Undefined for what tells the rules nothing. */
function engineEvent(event: Scripted, index: number): VisitorEvent | WorldEvent | undefined {
  const at = millisecondsOf(event.at);
  const read = <Schema extends z.ZodType>(schema: Schema) => parsePayload(schema, event.payload, index);
  switch (event.name) {
    case 'page:view': {
      const { url, title, referrer } = read(schemas['page:view']);
      return {
        ...{ at, type: 'page', url },
        ...(title !== undefined && { title }),
        ...(referrer !== undefined && { referrer }),
      };
    }
    case 'page:activity': {
      const { scrollDepth, idle, event: custom } = read(schemas['page:activity']);
      return {
        ...{ at, type: 'activity' },
        ...(scrollDepth !== undefined && { scrollDepth }),
        ...(idle !== undefined && { idle }),
        ...(custom !== undefined && { event: customEvent(custom) }),
      };
    }
    case 'profile:update':
      return { at, type: 'fields', fields: read(schemas['profile:update']).fields };
    case 'chat:start':
      return { at, type: 'chat-started' };
    case 'chat:end':
      return { at, type: 'chat-ended' };
    case 'invite:answer':
      return { at, type: 'invitation-answered', accepted: acceptedOf(event.payload, index) };
    case 'agents:available':
      return { at, type: 'agents-available', count: countOf(event.payload, index) };
    case 'queue:length':
      return { at, type: 'queue-length', count: countOf(event.payload, index) };
  }
}

function customEvent({ name, value }: { name: string; value?: string | number | boolean | undefined }) {
  return { name, ...(value !== undefined && { value }) };
}

function millisecondsOf(time: string | number): number {
  return typeof time === 'number' ? Math.trunc(time) : Date.parse(time);
}

/** Which invitation it was cannot be known beforehand: there is one at a time. */
function acceptedOf(payload: unknown, index: number): boolean {
  const accepted = (payload as { accepted?: unknown } | undefined)?.accepted;
  if (typeof accepted === 'boolean') return accepted;
  throw faulty([{ path: `events.${index}.payload.accepted`, message: 'must be true or false' }]);
}

function countOf(payload: unknown, index: number): number {
  const count = (payload as { count?: unknown } | undefined)?.count;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count;
  throw faulty([{ path: `events.${index}.payload.count`, message: 'must be a whole number from 0' }]);
}

function parsePayload<Schema extends z.ZodType>(
  schema: Schema,
  payload: unknown,
  index: number,
): z.output<Schema> {
  const parsed = schema.safeParse(payload ?? {});
  if (parsed.success) return parsed.data;
  const place = (path: readonly PropertyKey[]) => ['events', index, 'payload', ...path].map(String).join('.');
  throw faulty(parsed.error.issues.map(({ path, message }) => ({ path: place(path), message })));
}

function faulty(errors: readonly { path: string; message: string }[]): Refusal {
  return new Refusal('invalid_value', { errors });
}
