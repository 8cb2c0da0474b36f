import type { Data, Link, LinkStatus, Payload } from '../../../console/live/link.ts';
import { NoAnswer } from '../../../console/live/link.ts';
import type {
  Ack,
  AgentEventName,
  ErrorCode,
  ServerToAgent,
  WireConversation,
  WireMessage,
} from '../../../shared/protocol/index.ts';

export const ME = { id: 'agent-1', name: 'Ada' };
const START = Date.parse('2026-01-05T09:00:00.000Z');

/** A conversation as a server would tell it. */
export function conversation(id: string, over: Partial<WireConversation> = {}): WireConversation {
  return {
    id,
    caseId: `C-${id}`,
    status: 'active',
    agent: ME,
    siteId: 'site-1',
    sessionId: `session-${id}`,
    tags: [],
    startedAt: new Date(START).toISOString(),
    queuedAt: new Date(START).toISOString(),
    expiresAt: new Date(START + 14 * 86_400_000).toISOString(),
    ...over,
  };
}

export function refusal(code: ErrorCode, retryable = false): Ack<never> {
  return { ok: false, error: { code, message: `refused: ${code}`, retryable } };
}

/**
 * Where a line is cut around one event: before the server sees it, or before its answer arrives. `silence`: the
 * server takes it and the answer never comes, though the line stays up.
 */
export type Cut = 'before' | 'after' | 'silence' | undefined;

/**
 * The /agent side of a server in memory, with the promises that the console builds on: a conversation's messages
 * are numbered without gaps, and a clientId is stored once. The line can be cut around any event.
 */
export class FakeServer {
  readonly conversations = new Map<string, WireConversation>();
  readonly messages = new Map<string, WireMessage[]>();
  readonly asked: { name: AgentEventName; payload: unknown }[] = [];
  /** Overrides the answer of an event. */
  readonly answers = new Map<AgentEventName, (payload: never) => Ack<unknown>>();
  cutAround: (name: AgentEventName) => Cut = () => undefined;
  /** Most lines that were on their way to the server at once. */
  mostUnderWay = 0;
  #underWay = 0;
  #up = false;
  #tell: (status: LinkStatus) => void = () => undefined;
  readonly #listeners = new Map<string, (payload: never) => void>();

  readonly link: Link = {
    open: () => this.connect(),
    close: () => {
      this.#up = false;
    },
    ask: (name, payload) => this.#ask(name, payload),
    on: (name, listener) => {
      this.#listeners.set(name, listener as (payload: never) => void);
    },
    onStatus: (listener) => {
      this.#tell = listener;
    },
  };

  get isUp(): boolean {
    return this.#up;
  }

  connect(): void {
    if (this.#up) return;
    this.#up = true;
    this.#tell({ kind: 'up' });
  }

  cut(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#tell({ kind: 'down' });
  }

  refuse(code: ErrorCode): void {
    this.#up = false;
    this.#tell({ kind: 'refused', code });
  }

  put(item: WireConversation): void {
    this.conversations.set(item.id, item);
  }

  /** Sends a live event, if the line is up. */
  emit<Name extends keyof ServerToAgent>(name: Name, payload: ServerToAgent[Name]): void {
    if (this.#up) this.#listeners.get(name)?.(payload as never);
  }

  /** The visitor writes: stored, then shown to the agent. */
  visitorWrites(conversationId: string, text: string): WireMessage {
    const message = this.#store(conversationId, { kind: 'text', text, from: { kind: 'visitor' } });
    this.emit('message:new', message);
    return message;
  }

  texts(conversationId: string): string[] {
    return (this.messages.get(conversationId) ?? []).map((message) => message.text);
  }

  payloads(name: AgentEventName): unknown[] {
    return this.asked.filter((event) => event.name === name).map((event) => event.payload);
  }

  #store(
    conversationId: string,
    content: Pick<WireMessage, 'kind' | 'text' | 'from'> & { clientId?: string },
  ): WireMessage {
    const list = this.messages.get(conversationId) ?? [];
    this.messages.set(conversationId, list);
    const former = list.find((message) => message.clientId && message.clientId === content.clientId);
    if (former !== undefined) return former;
    const seq = list.length + 1;
    const at = new Date(START + seq * 1000).toISOString();
    const message = { id: `${conversationId}-${seq}`, conversationId, seq, at, redacted: 0, ...content };
    list.push(message);
    return message;
  }

  async #ask<Name extends AgentEventName>(name: Name, payload: Payload<Name>): Promise<Ack<Data<Name>>> {
    await this.#travel(name);
    const cut = this.cutAround(name);
    if (!this.#up || cut === 'before') {
      this.cut();
      throw new NoAnswer();
    }
    this.asked.push({ name, payload });
    const ack = this.#answer(name, payload as never);
    if (cut === 'silence') throw new NoAnswer();
    if (cut === 'after') {
      this.cut();
      throw new NoAnswer();
    }
    return ack as Ack<Data<Name>>;
  }

  async #travel(name: AgentEventName): Promise<void> {
    const isLine = name === 'message:send' || name === 'note:add';
    if (isLine) this.#underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay);
    await Promise.resolve();
    if (isLine) this.#underWay -= 1;
  }

  #answer(name: AgentEventName, payload: never): Ack<unknown> {
    const override = this.answers.get(name);
    if (override !== undefined) return override(payload);
    const { conversationId = '', clientId, text, afterSeq = 0 } = payload as Record<string, never>;
    const ok = (data: unknown): Ack<unknown> => ({ ok: true, data });
    const all = [...this.conversations.values()];
    switch (name) {
      case 'queue:list':
        return ok({ items: all.filter(({ status }) => status === 'queued') });
      case 'chat:list':
        return ok({ items: all.filter((c) => c.status === 'active' && c.agent?.id === ME.id) });
      case 'chat:resume':
        return ok(this.#resumed(conversationId, afterSeq));
      case 'message:send':
      case 'note:add':
      case 'chat:whisper': {
        const kind = name === 'message:send' ? 'text' : 'note';
        const from = { kind: 'agent' as const, ...ME };
        const stored = this.#store(conversationId, {
          kind,
          text: text ?? '',
          from,
          clientId: clientId ?? '',
        });
        const { id, seq, at } = stored;
        return ok({ id, seq, at, text: stored.text, redacted: 0, removed: [] });
      }
      case 'presence:set':
        return ok({ agentId: ME.id, name: ME.name, capacity: 4, active: 0, ...(payload as object) });
      default:
        return ok(this.#changed(name, conversationId));
    }
  }

  #resumed(conversationId: string, afterSeq: number): object {
    const found = this.conversations.get(conversationId);
    const messages = (this.messages.get(conversationId) ?? []).filter(({ seq }) => seq > afterSeq);
    return { messages, status: found?.status, caseId: found?.caseId, seenSeq: 0, conversation: found };
  }

  #changed(name: AgentEventName, conversationId: string): object {
    const current = this.conversations.get(conversationId) ?? conversation(conversationId);
    if (name === 'chat:accept' || name === 'chat:takeover')
      this.put({ ...current, status: 'active', agent: ME });
    if (name === 'chat:close') this.put({ ...current, status: 'closed' });
    return this.conversations.get(conversationId) ?? {};
  }
}

/** Timers that run when the test says so. */
export class Timers {
  #now = 0;
  #due: { at: number; run: () => void }[] = [];

  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + delayMs, run };
    this.#due.push(timer);
    return () => {
      this.#due = this.#due.filter((other) => other !== timer);
    };
  };

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#now = next.at;
      this.#due = this.#due.filter((other) => other !== next);
      next.run();
    }
    this.#now = end;
  }
}

/** Lets everything that is ready to run, run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
