import type { Change, ChangeBus } from '../../ports/index.ts';
import type { ClusterStream } from './cluster-stream.ts';

const TOPIC = 'change';
const MAX_ID_LENGTH = 200;

/** What each kind carries; nothing else is taken from the wire. */
const SHAPES: { readonly [Kind in Change['kind']]: Readonly<Record<string, 'string' | 'number'>> } = {
  'redaction-rules': { accountId: 'string' },
  'engagement-rules': { accountId: 'string' },
  site: { siteId: 'string' },
  account: { accountId: 'string' },
  departments: { accountId: 'string' },
  roles: { accountId: 'string' },
  staff: { userId: 'string' },
  webhooks: { accountId: 'string' },
  conversation: { conversationId: 'string', version: 'number' },
  resealed: { conversationId: 'string', head: 'string' },
  erased: { conversationId: 'string', sessionId: 'string' },
  'session-erased': { sessionId: 'string' },
  'account-erased': { accountId: 'string' },
  keys: { accountId: 'string' },
  attendance: { accountId: 'string', agentId: 'string' },
  missed: {},
};

/**
 * Notices to listeners of this node at once, and to those of the others over the stream. When notices may have got lost,
 * listeners hear `missed`.
 */
export class RedisChangeBus implements ChangeBus {
  readonly #local: ChangeBus;
  readonly #stream: ClusterStream;

  constructor(local: ChangeBus, stream: ClusterStream) {
    this.#local = local;
    this.#stream = stream;
    stream.listen(TOPIC, (body) => {
      const change = readChange(body);
      if (change !== undefined) local.publish(change);
    });
    stream.onReturn(() => local.publish({ kind: 'missed' }));
  }

  publish(change: Change): void {
    this.#local.publish(change);
    this.#stream.publish(TOPIC, change);
  }

  subscribe(listener: (change: Change) => void): () => void {
    return this.#local.subscribe(listener);
  }
}

/** The notice, or undefined when it is none. */
export function readChange(body: unknown): Change | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const given = body as Readonly<Record<string, unknown>>;
  const kind = given.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(SHAPES, kind)) return undefined;
  const read: Record<string, unknown> = { kind };
  for (const [field, type] of Object.entries(SHAPES[kind as Change['kind']])) {
    const value = given[field];
    if (typeof value !== type || String(value).length > MAX_ID_LENGTH) return undefined;
    read[field] = value;
  }
  return read as Change;
}
