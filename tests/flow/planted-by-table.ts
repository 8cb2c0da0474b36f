import { agentEventSchemas } from '../../shared/schemas/agent-events.ts';
import { FREE_TEXT } from '../../shared/schemas/free-text.ts';
import { visitorEventSchemas } from '../../shared/schemas/visitor-events.ts';
import { RULE, reasonOf } from '../static/free-text-table.ts';
import type { AgentClient, VisitorClient } from '../support/clients.ts';
import { textsOfEvents } from '../support/event-texts.ts';
import { planted, type TextLeaf, textsOfRoutes } from '../support/text-leaves.ts';
import type { RedactionAdmin } from './redaction-support.ts';

/** Plants texts wherever the tables of events and routes have a string, and tells where they were let in. */
export interface PlantedByTable {
  /** Places where a text was taken: `event field` or `method path field`. */
  readonly taken: ReadonlySet<string>;
  /** Those where one has to be taken, or the test would plant nothing there. */
  readonly wanted: readonly string[];
  /** What was answered, but for what is only looked up or tried. */
  readonly answers: readonly string[];
}

let made = 0;
const WHEN = { fact: 'page.path', op: 'eq', value: '/cart' };
const VARIANT = { key: 'a', message: 'Hello', translations: { sv: 'Hej' } };
const ENGAGE = {
  ...{ name: 'Rule', kind: 'engage', when: WHEN, goal: 'bought' },
  action: { type: 'invite', message: 'Hello', translations: { sv: 'Hej' } },
  variants: [VARIANT, { key: 'b', message: 'Hi' }],
};
const REDACTION = { name: 'Rule', pattern: 'zzz\\d' };
const PRECHAT = [{ key: 'order', label: 'Order', required: false }];

/** Good bodies of staff calls, by method and path. A call with free text that is added needs one too. */
export const GOOD_BODIES: Readonly<Record<string, (conversationId: string) => object>> = {
  'patch /accounts/:a/settings': () => ({
    dpa: { customFields: [{ key: 'note', label: 'Note', category: 'other', searchable: false }] },
  }),
  'post /accounts/:a/users': () => ({
    email: `planted-${++made}@example.com`,
    name: 'User',
    password: 'a password of some length',
    roles: ['analyst'],
  }),
  'post /accounts/:a/roles': () => ({ name: `Role ${++made}`, authorizations: ['site:read'] }),
  'post /accounts/:a/access-grants': () => ({
    ...{ userId: 'x', roles: ['agent'], reason: 'A reason' },
    until: new Date(Date.now() + 3_600_000).toISOString(),
  }),
  'post /accounts/:a/canned-responses/:id/fill': (conversationId) => ({ conversationId }),
  'patch /accounts/:a/redaction-rescans/:id': () => ({ status: 'paused' }),
  'patch /accounts/:a/roles/:id': () => ({ name: `Role ${++made}` }),
  'post /accounts/:a/departments': () => ({ name: `Department ${++made}` }),
  'post /accounts/:a/sites': () => ({ name: 'Site', prechat: PRECHAT }),
  'patch /accounts/:a/sites/:id': () => ({ prechat: PRECHAT }),
  'post /accounts/:a/webhooks': () => ({
    name: 'Hook',
    url: 'https://hooks.example.com/',
    events: ['transcript.erased'],
  }),
  'post /accounts/:a/api-tokens': () => ({ name: 'Token', scopes: ['conversation:read'] }),
  'post /accounts/:a/identity-keys': () => ({ name: 'Key', algorithm: 'HS256' }),
  'post /accounts/:a/canned-responses': () => ({ shortcut: `planted-${++made}`, text: 'Text' }),
  'post /accounts/:a/legal-holds': (conversationId) => ({ reason: 'A reason', scope: { conversationId } }),
  'post /accounts/:a/redaction-rules': () => REDACTION,
  'post /accounts/:a/redaction-rules/import': () => ({ mode: 'add', rules: [REDACTION] }),
  'post /accounts/:a/redaction-rules/preview': () => ({ text: 'x', rules: [REDACTION] }),
  'post /accounts/:a/engagement-rules': () => ENGAGE,
  'patch /accounts/:a/engagement-rules/:id': () => ENGAGE,
  'post /accounts/:a/engagement-rules/simulate': () => ({ events: [], rules: [ENGAGE] }),
  'post /accounts/:a/visitors/:id/try-rule': () => ({ rule: ENGAGE }),
};

/** Free texts that are not taken in this test, each with the reason. */
const NOT_TAKEN: Readonly<Record<string, string>> = {
  'post /accounts/:a/access-grants reason':
    'needs an operator of elsewhere: access-grants.test.ts plants one',
};

export async function plantInRoutes(of: {
  admin: RedactionAdmin;
  secrets: readonly string[];
  conversationId: string;
  sessionId: string;
}): Promise<PlantedByTable> {
  const { admin, secrets, conversationId, sessionId } = of;
  const taken = new Set<string>();
  const answers: string[] = [];
  const ids = new Map([['visitors', sessionId]]);
  const texts = textsOfRoutes().filter(({ name }) => reasonOf(name) !== RULE);
  // What is made comes before what changes it.
  for (const text of [...texts].sort((a, b) => rankOf(a.method) - rankOf(b.method))) {
    const { method, route, path, name } = text;
    const collection = /\/([a-z-]+)\/:id/.exec(route)?.[1] ?? '';
    const url = route.replace('/accounts/:a', '').replace(':id', ids.get(collection) ?? conversationId);
    for (const typed of fitting(text, secrets)) {
      const good = GOOD_BODIES[`${method} ${route}`]?.(conversationId) ?? {};
      const answer = await admin.call(method.toUpperCase(), url, planted(good, path, typed));
      // What is only looked up or tried is answered to who asked, and kept nowhere.
      if (FREE_TEXT.has(text.schema)) answers.push(`${name}: ${JSON.stringify(answer.body)}`);
      if (answer.status >= 300) continue;
      taken.add(name);
      const room = /^\/accounts\/:a\/([a-z-]+)$/.exec(route)?.[1];
      if (method === 'post' && room !== undefined) ids.set(room, String(answer.body.id));
    }
  }
  const wanted = texts
    .filter(({ schema, name }) => FREE_TEXT.has(schema) && NOT_TAKEN[name] === undefined)
    .map(({ name }) => name);
  return { taken, wanted, answers };
}

const rankOf = (method: string): number => (method === 'post' ? 0 : 1);

/** A text with the next secret, if one may stand there; behind a word of its own, for some names may be there but once. */
function fitting({ schema }: TextLeaf, secrets: readonly string[]): string[] {
  const text = `${word(++made)} ${secrets[made % secrets.length]}`;
  return schema.safeParse(text).success ? [text] : [];
}

const word = (n: number): string =>
  [...String(n)].map((digit) => 'abcdefghij'.charAt(Number(digit))).join('');

export async function plantInEvents(of: {
  clients: { visitor: VisitorClient; agent: AgentClient };
  secrets: readonly string[];
  ids: { conversationId: string; sessionId: string; toAgentId: string };
}): Promise<PlantedByTable> {
  const { clients, secrets, ids } = of;
  const taken = new Set<string>();
  const answers: string[] = [];
  const wanted: string[] = [];
  const sides = [
    { client: clients.visitor, texts: textsOfEvents(visitorEventSchemas, ids) },
    { client: clients.agent, texts: textsOfEvents(agentEventSchemas, ids) },
  ];
  for (const { client, texts } of sides) {
    for (const text of texts) {
      for (const typed of fitting(text, secrets)) {
        const payload = text.payloadWith(typed);
        if (payload === undefined) continue;
        if (!text.isLookedUp) wanted.push(text.name);
        const ack = await client.emitRaw(text.event, payload);
        answers.push(`${text.name}: ${JSON.stringify(ack)}`);
        if (ack.ok) taken.add(text.name);
      }
    }
  }
  return { taken, wanted, answers };
}
