import type {
  Ack,
  ErrorCode,
  ServerToVisitor,
  VisitorEventName,
  VisitorEvents,
  VisitorSession,
  WireMessage,
} from '../../../../shared/protocol/index.ts';
import { ERRORS } from '../../../../shared/protocol/index.ts';
import type { Link, LinkHandlers, ServerEvent } from '../../../../widget/frame/core/link.ts';
import type { SessionResult } from '../../../../widget/frame/core/session-source.ts';

const LATENCY_MS = 20;
const RECONNECT_MS = 500;

type AnyAck = Ack<never>;
type Handler = (payload: never) => unknown;

interface FakeChat {
  readonly id: string;
  messages: WireMessage[];
  seq: number;
  status: 'queued' | 'active' | 'closed';
}

export function refusal(code: ErrorCode, retryAfterMs?: number): AnyAck {
  const { help, retryable } = ERRORS[code];
  return {
    ok: false,
    error: { code, message: help, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  };
}

/**
 * A server and the network before it, in memory and on fake timers: it stores before it answers, answers the
 * same clientId the same way, and numbers notes too, as the protocol promises. The network can lose what is
 * under way in either direction.
 */
export function createFakeServer() {
  const chats: FakeChat[] = [];
  const requests: { name: string; payload: unknown }[] = [];
  const sessionsOpened: (string | undefined)[] = [];
  const nextAcks: { name: string; ack: AnyAck }[] = [];
  let networkUp = true;
  let loseAnswers = 0;
  let refuseHandshake: (string | undefined)[] = [];
  let sessionResults: SessionResult[] = [];
  let site: VisitorSession['site'] = {
    name: 'Shop',
    theme: { primaryColor: '#2456a6', position: 'right', title: 'Chat', greeting: 'Hello' },
    online: true,
    prechat: [],
    locale: 'en',
    attachments: { enabled: true, kinds: ['png', 'txt'], maxBytes: 1_000_000, maxTextBytes: 100_000 },
  };
  let generation = 0;
  let connected: LinkHandlers | undefined;
  const links: { drop(): void; tryOpen(): void }[] = [];

  const openChat = () => chats.find((chat) => chat.status !== 'closed');
  const toVisitor = <Name extends keyof ServerToVisitor>(name: Name, payload: ServerToVisitor[Name]) => {
    const sentIn = generation;
    setTimeout(() => {
      if (sentIn === generation) connected?.onEvent({ name, payload } as ServerEvent);
    }, LATENCY_MS);
  };
  const append = (
    chat: FakeChat,
    part: Pick<WireMessage, 'from' | 'kind' | 'text'> & { clientId?: string },
  ) => {
    chat.seq += 1;
    const hidden = part.text.replace(/\d{4}/g, '████');
    const message: WireMessage = {
      id: `${chat.id}-${chat.seq}`,
      conversationId: chat.id,
      seq: chat.seq,
      at: '2026-01-01T10:00:00.000Z',
      redacted: hidden === part.text ? 0 : 1,
      ...part,
      text: hidden,
    };
    chat.messages.push(message);
    return message;
  };

  const handlers: { [Name in VisitorEventName]?: (payload: VisitorEvents[Name]['payload']) => unknown } = {
    'chat:start': () => {
      let chat = openChat();
      if (chat === undefined) {
        chat = { id: `c${chats.length + 1}`, messages: [], seq: 0, status: 'active' };
        chats.push(chat);
      }
      return { conversationId: chat.id, caseId: 'C-1', status: chat.status };
    },
    'message:send': ({ conversationId, clientId, text }) => {
      const chat = chats.find(({ id }) => id === conversationId);
      if (chat === undefined) return refusal('not_found');
      const known = chat.messages.find((message) => message.clientId === clientId);
      if (known === undefined && chat.status === 'closed') return refusal('conversation.closed');
      const message = known ?? append(chat, { from: { kind: 'visitor' }, kind: 'text', text, clientId });
      if (known === undefined) toVisitor('message:new', message);
      const removed = message.redacted > 0 ? [{ ruleId: 'r1', name: 'Four digits', count: 1 }] : [];
      const { id, seq, at, redacted } = message;
      return { id, seq, at, text: message.text, redacted, removed };
    },
    'chat:resume': ({ conversationId, afterSeq }) => {
      const chat = chats.find(({ id }) => id === conversationId);
      if (chat === undefined) return refusal('not_found');
      const messages = chat.messages.filter(({ seq, kind }) => seq > afterSeq && kind !== 'note');
      return { messages, status: chat.status, caseId: 'C-1', seenSeq: 0 };
    },
    'chat:end': ({ conversationId }) => {
      const chat = chats.find(({ id }) => id === conversationId);
      if (chat === undefined) return refusal('not_found');
      chat.status = 'closed';
      return {};
    },
  };

  const handle = (name: VisitorEventName, payload: unknown): AnyAck => {
    requests.push({ name, payload });
    const prepared = nextAcks.findIndex((next) => next.name === name);
    if (prepared >= 0) return nextAcks.splice(prepared, 1)[0]?.ack as AnyAck;
    const result = (handlers[name] as Handler | undefined)?.(payload as never) ?? {};
    return typeof result === 'object' && 'ok' in result
      ? (result as AnyAck)
      : { ok: true, data: result as never };
  };

  function createLink(link: LinkHandlers): Link {
    let wanted = false;
    let up = false;
    let pending: (() => void)[] = [];
    const drop = () => {
      if (!up) return;
      up = false;
      generation += 1;
      connected = undefined;
      link.onDown();
      for (const giveUp of pending.splice(0)) giveUp();
    };
    const tryOpen = () => {
      if (!wanted || up || !networkUp) return;
      if (refuseHandshake.length > 0) {
        wanted = false;
        link.onRefused(refuseHandshake.shift());
        return;
      }
      up = true;
      connected = link;
      link.onUp();
    };
    links.push({ drop, tryOpen });
    return {
      open: () => {
        wanted = true;
        drop();
        setTimeout(tryOpen, LATENCY_MS);
      },
      ask: (name, payload, timeoutMs) =>
        new Promise((resolve) => {
          if (!up) {
            resolve(undefined);
            return;
          }
          const sentIn = generation;
          const done = (ack: AnyAck | undefined) => {
            clearTimeout(timer);
            pending = pending.filter((other) => other !== giveUp);
            resolve(ack);
          };
          const giveUp = () => done(undefined);
          const timer = setTimeout(giveUp, timeoutMs);
          pending.push(giveUp);
          setTimeout(() => {
            if (sentIn !== generation) return;
            const ack = handle(name, payload);
            if (loseAnswers > 0) {
              loseAnswers -= 1;
              return;
            }
            setTimeout(() => {
              if (sentIn === generation) done(ack);
            }, LATENCY_MS);
          }, LATENCY_MS);
        }),
      close: () => {
        wanted = false;
        drop();
      },
    };
  }

  const reopen = () => {
    for (const link of links) setTimeout(link.tryOpen, RECONNECT_MS);
  };

  return {
    createLink,
    requests,
    chats,
    sessionsOpened,
    openSession: async (): Promise<SessionResult> => {
      sessionsOpened.push(undefined);
      const prepared = sessionResults.shift();
      if (prepared !== undefined) return prepared;
      if (!networkUp) return { kind: 'retry' };
      const open = openChat();
      const session: VisitorSession = {
        token: `t${sessionsOpened.length}`,
        visitorToken: 'v1',
        sessionId: 's1',
        ...(open !== undefined && { openConversationId: open.id }),
        site,
      };
      return { kind: 'opened', session };
    },
    setSite: (change: Partial<VisitorSession['site']>) => {
      site = { ...site, ...change };
    },
    cut: () => {
      networkUp = false;
      for (const link of links) link.drop();
    },
    restore: () => {
      networkUp = true;
      reopen();
    },
    /** The next answers are lost on the way, though the server has done what was asked. */
    loseAnswers: (count: number) => {
      loseAnswers = count;
    },
    answerNext: (name: VisitorEventName, ack: AnyAck) => nextAcks.push({ name, ack }),
    refuseHandshakes: (...codes: (string | undefined)[]) => {
      refuseHandshake = codes;
    },
    answerSessions: (...results: SessionResult[]) => {
      sessionResults = results;
    },
    agentSays: (text: string) => {
      const chat = openChat();
      if (chat === undefined) return;
      toVisitor(
        'message:new',
        append(chat, { from: { kind: 'agent', id: 'a1', name: 'Anna' }, kind: 'text', text }),
      );
    },
    /** A note takes a number and is not shown to the visitor. */
    agentNotes: (text: string) => {
      const chat = openChat();
      if (chat !== undefined) append(chat, { from: { kind: 'agent', id: 'a1' }, kind: 'note', text });
    },
    agentCloses: () => {
      const chat = openChat();
      if (chat === undefined) return;
      chat.status = 'closed';
      toVisitor('chat:update', { conversationId: chat.id, status: 'closed', closedBy: 'agent' });
    },
    toVisitor,
    /** A message stored although no event tells of it. */
    storeSilently: (text: string) => {
      const chat = openChat();
      if (chat !== undefined)
        append(chat, { from: { kind: 'agent', id: 'a1', name: 'Anna' }, kind: 'text', text });
    },
  };
}

export type FakeServer = ReturnType<typeof createFakeServer>;
