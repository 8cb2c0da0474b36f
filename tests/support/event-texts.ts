import type { z } from 'zod';
import { planted, type TextLeaf, textLeavesOf } from './text-leaves.ts';

/** A string in the payload of an event. */
export interface EventText extends TextLeaf {
  readonly event: string;
  /** `event field`. */
  readonly name: string;
  /** A payload that is good but for the text in this place; undefined when no text may stand there. */
  payloadWith(text: string): object | undefined;
  /** Something is looked up by it, or proven: a text that does not fit is refused. */
  readonly isLookedUp: boolean;
}

const PAGE = 'https://shop.example/';
/** A good value for each field that events have; an event with a field of another name needs one too. */
const GOOD_FIELDS = {
  ...{ url: PAGE, title: 'Shop', referrer: PAGE, scrollDepth: 1, idle: false, fields: { note: 'x' } },
  ...{ event: { name: 'seen', value: 'x' }, prechat: { note: 'x' }, text: 'x', active: true, score: 5 },
  ...{ comment: 'x', accepted: false, email: 'a@example.com', identity: 'x', afterSeq: 0, seq: 1 },
  ...{ status: 'online', capacity: 50, tags: ['x'], caseId: 'C-1', message: 'Hello' },
};

const LOOKED_UP =
  /\b(conversationId|sessionId|departmentId|inviteId|identity|toAgentId|toDepartmentId|fields\.\*key)$/;
/** Fields that need not be there, and would have to name something that is: in payloads where the ids given have them. */
const LEFT_OUT = ['departmentId', 'inviteId', 'toAgentId', 'toDepartmentId'];

let made = 0;

/** Every string in the payloads of events, from the very table that the server reads. */
export function textsOfEvents(
  schemas: Readonly<Record<string, z.ZodType>>,
  ids: { readonly conversationId: string; readonly sessionId: string; readonly toAgentId?: string },
): readonly EventText[] {
  return Object.entries(schemas).flatMap(([event, schema]) =>
    textLeavesOf(schema).map((leaf) => {
      const name = `${event} ${leaf.path.join('.')}`;
      return {
        ...leaf,
        ...{ event, name, isLookedUp: LOOKED_UP.test(name) },
        payloadWith: (text: string) => {
          const payload = planted(goodPayload(schema, ids), leaf.path, text);
          return schema.safeParse(payload).success ? (payload as object) : undefined;
        },
      };
    }),
  );
}

function goodPayload(schema: object, ids: object): object {
  const { shape = {} } = schema as { shape?: object };
  const values: Record<string, unknown> = { ...GOOD_FIELDS, ...ids, clientId: `planted-${++made}` };
  const names = Object.keys(shape).filter((name) => !LEFT_OUT.includes(name) || name in ids);
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
