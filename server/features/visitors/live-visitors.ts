import type { WirePageVisit, WireProfile } from '../../../shared/protocol/index.ts';
import {
  EMPTY_VISITOR,
  type EventTally,
  type EventValue,
  type KeptVisitor,
  UNKNOWN_CLIENT,
  utmOf,
  type VisitorClient,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import type { Clock } from '../../ports/index.ts';

/** Pages kept of one session; the oldest go first. */
export const KEPT_PAGES = 50;
/** Names of custom events kept of one session. Stops a page's script that makes up names without end. */
export const KEPT_EVENTS = 50;
/** How long a session stays in memory after its last socket closed; after that the store has it. */
const FORGET_AFTER_MS = 5 * 60_000;
const SWEEP_MS = 60_000;

/** The open conversation that a visitor's profile is kept with. */
export interface FollowedConversation {
  readonly id: string;
  readonly accountId: string;
}

/** One session as this node knows it. All texts are redacted. Times are epoch milliseconds. */
export interface LiveVisitor extends VisitorPrincipal {
  sockets: number;
  startedAt: number;
  lastSeenAt: number;
  visits: number;
  client: VisitorClient;
  fields: Record<string, string>;
  readonly verified: Set<string>;
  pages: WirePageVisit[];
  pageViews: number;
  referrer?: string;
  utm: Readonly<Record<string, string>>;
  readonly events: Map<string, EventTally>;
  idle: boolean;
  conversation?: FollowedConversation;
  /** The conversation is open. */
  inChat: boolean;
  /** Resolves when what was kept of the session is here; nothing of it is worked on before. */
  arrival?: Promise<void>;
  changedSinceKept: boolean;
  /** Changed since it was last written for itself. */
  unsaved: boolean;
  /** When it was last written for itself, or came into memory. */
  savedAt: number;
}

/** A profile that changed since it was last kept with its conversation. */
export interface ChangedProfile {
  readonly sessionId: string;
  readonly conversation: FollowedConversation;
  readonly profile: Pick<WireProfile, 'fields' | 'pages' | 'referrer'>;
}

/** What this node knows of visitors who are on a site now; already redacted. */
export class LiveVisitors {
  readonly #visitors = new Map<string, LiveVisitor>();
  readonly #clock: Clock;
  readonly #stopSweep: () => void;
  readonly #forgotten: ((visitor: LiveVisitor) => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#stopSweep = clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** Answers the visitor; `first`: it is the session's first socket. */
  connected(principal: VisitorPrincipal): { visitor: LiveVisitor; first: boolean } {
    const visitor = this.#touch(principal);
    visitor.sockets += 1;
    return { visitor, first: visitor.sockets === 1 };
  }

  /** Answers whether it was the session's last socket. */
  disconnected(sessionId: string): boolean {
    const visitor = this.#visitors.get(sessionId);
    if (visitor === undefined) return false;
    visitor.sockets -= 1;
    visitor.lastSeenAt = this.#clock.now();
    return visitor.sockets <= 0;
  }

  get(sessionId: string): LiveVisitor | undefined {
    return this.#visitors.get(sessionId);
  }

  /** The visitor, made when this node does not know them yet. */
  of(principal: VisitorPrincipal): LiveVisitor {
    return this.#visitors.get(principal.sessionId) ?? this.#touch(principal);
  }

  all(): Iterable<LiveVisitor> {
    return this.#visitors.values();
  }

  /** The open conversation of the session, as far as this node knows. */
  conversationOf(sessionId: string): FollowedConversation | undefined {
    return this.#visitors.get(sessionId)?.conversation;
  }

  sawPage(principal: VisitorPrincipal, visit: { url: string; title?: string; referrer?: string }): void {
    const visitor = this.#touch(principal);
    const { url, title, referrer } = visit;
    const at = new Date(this.#clock.now()).toISOString();
    visitor.pages.push({ url, at, ...(title !== undefined && { title }) });
    if (visitor.pages.length > KEPT_PAGES) visitor.pages.shift();
    if (visitor.pageViews === 0 && referrer !== undefined) visitor.referrer = referrer;
    visitor.pageViews += 1;
    visitor.utm = utmOf(url) ?? visitor.utm;
    changed(visitor);
  }

  /** Deepest point of the current page, 0 to 100. */
  scrolled(principal: VisitorPrincipal, scrollDepth: number): void {
    const visitor = this.#touch(principal);
    const current = visitor.pages.at(-1);
    if (current === undefined || (current.scrollDepth ?? 0) >= scrollDepth) return;
    visitor.pages[visitor.pages.length - 1] = { ...current, scrollDepth };
    changed(visitor);
  }

  becameIdle(principal: VisitorPrincipal, idle: boolean): void {
    const visitor = this.#touch(principal);
    if (visitor.idle === idle) return;
    visitor.idle = idle;
    changed(visitor);
  }

  /** Counts a custom event; false when the session has as many names of events as are kept. */
  tracked(principal: VisitorPrincipal, event: { name: string; value?: EventValue }): boolean {
    const visitor = this.#touch(principal);
    const before = visitor.events.get(event.name);
    if (before === undefined && visitor.events.size >= KEPT_EVENTS) return false;
    const last = event.value ?? before?.last;
    visitor.events.set(event.name, { count: (before?.count ?? 0) + 1, ...(last !== undefined && { last }) });
    changed(visitor);
    return true;
  }

  /** A field that was vouched for is changed only by who vouches; answers the fields that were taken. */
  setFields(
    principal: VisitorPrincipal,
    fields: Readonly<Record<string, string>>,
    { verified = false }: { verified?: boolean } = {},
  ): Readonly<Record<string, string>> {
    const visitor = this.#touch(principal);
    const taken = Object.entries(fields).filter(([key]) => verified || !visitor.verified.has(key));
    if (verified) for (const [key] of taken) visitor.verified.add(key);
    visitor.fields = { ...visitor.fields, ...Object.fromEntries(taken) };
    changed(visitor);
    return Object.fromEntries(taken);
  }

  /** Leaves the visitor these of their fields alone. */
  keepFields(visitor: LiveVisitor, fields: Readonly<Record<string, string>>): void {
    if (Object.keys(fields).length === Object.keys(visitor.fields).length) return;
    visitor.fields = { ...fields };
    for (const key of visitor.verified) if (!Object.hasOwn(fields, key)) visitor.verified.delete(key);
    changed(visitor);
  }

  /** The profile as it stands. */
  snapshot(sessionId: string): WireProfile {
    const visitor = this.#visitors.get(sessionId);
    if (visitor === undefined) return { fields: {}, prechat: {}, pages: [] };
    return { ...profileOf(visitor), prechat: {} };
  }

  /** From now on changes belong to this conversation's profile. */
  follow(principal: VisitorPrincipal, conversationId: string): void {
    const visitor = this.#touch(principal);
    if (visitor.conversation?.id === conversationId) return;
    visitor.conversation = { id: conversationId, accountId: principal.accountId };
    visitor.inChat = true;
    visitor.changedSinceKept = visitor.pages.length > 0;
  }

  /** Nothing of this visitor is to be kept with a conversation any more; with `erase`, what is known is forgotten too. */
  unfollow(sessionId: string, erase = false): void {
    const visitor = this.#visitors.get(sessionId);
    if (visitor === undefined) return;
    delete visitor.conversation;
    visitor.inChat = false;
    if (!erase) return;
    restore(visitor, EMPTY_VISITOR);
    visitor.unsaved = false;
    // Whatever they do next begins anew.
    delete visitor.arrival;
  }

  /** Profiles that changed since they were last kept; they count as kept from here on. */
  takeChanged(): ChangedProfile[] {
    const taken: ChangedProfile[] = [];
    for (const visitor of this.#visitors.values()) {
      if (!visitor.changedSinceKept) continue;
      visitor.changedSinceKept = false;
      const { sessionId, conversation } = visitor;
      if (conversation !== undefined) taken.push({ sessionId, conversation, profile: profileOf(visitor) });
    }
    return taken;
  }

  /** The profile that was taken could not be kept: it is among the changed ones the next time. */
  keepAgain(sessionId: string): void {
    const visitor = this.#visitors.get(sessionId);
    if (visitor !== undefined) visitor.changedSinceKept = true;
  }

  /** Is told of every session that leaves the memory. */
  onForgotten(listener: (visitor: LiveVisitor) => void): void {
    this.#forgotten.push(listener);
  }

  get size(): number {
    return this.#visitors.size;
  }

  close(): void {
    this.#stopSweep();
    this.#visitors.clear();
  }

  #touch(principal: VisitorPrincipal): LiveVisitor {
    const known = this.#visitors.get(principal.sessionId);
    const now = this.#clock.now();
    if (known !== undefined) {
      known.lastSeenAt = now;
      return known;
    }
    const { accountId, siteId, sessionId } = principal;
    const visitor: LiveVisitor = {
      ...{ accountId, siteId, sessionId, sockets: 0, startedAt: now, lastSeenAt: now, savedAt: now },
      ...{ visits: 1, client: UNKNOWN_CLIENT, fields: {}, verified: new Set(), pages: [], pageViews: 0 },
      ...{ utm: {}, events: new Map(), idle: false, inChat: false, changedSinceKept: false, unsaved: false },
    };
    this.#visitors.set(sessionId, visitor);
    return visitor;
  }

  #sweep(): void {
    const before = this.#clock.now() - FORGET_AFTER_MS;
    for (const [sessionId, visitor] of this.#visitors) {
      if (visitor.sockets > 0 || visitor.lastSeenAt >= before || visitor.unsaved) continue;
      this.#visitors.delete(sessionId);
      for (const tell of this.#forgotten) tell(visitor);
    }
  }
}

/** Puts what was kept of a session in the place of what is known of it. */
export function restore(visitor: LiveVisitor, kept: KeptVisitor): void {
  visitor.fields = { ...kept.fields };
  visitor.verified.clear();
  for (const key of kept.verified) visitor.verified.add(key);
  visitor.pages = [...kept.pages];
  visitor.pageViews = kept.pageViews;
  if (kept.referrer === undefined) delete visitor.referrer;
  else visitor.referrer = kept.referrer;
  visitor.utm = kept.utm;
  visitor.events.clear();
  for (const [name, tally] of Object.entries(kept.events)) visitor.events.set(name, tally);
  visitor.idle = kept.idle;
}

/** The session as it is kept. */
export function keptOf(visitor: LiveVisitor): KeptVisitor {
  const { fields, verified, pages, pageViews, referrer, utm, events, idle } = visitor;
  return {
    fields,
    verified: [...verified],
    pages,
    pageViews,
    ...(referrer !== undefined && { referrer }),
    utm,
    events: Object.fromEntries(events),
    idle,
  };
}

function changed(visitor: LiveVisitor): void {
  visitor.changedSinceKept = true;
  visitor.unsaved = true;
}

function profileOf(visitor: LiveVisitor): Pick<WireProfile, 'fields' | 'pages' | 'referrer'> {
  const { fields, pages, referrer } = visitor;
  return { fields, pages: [...pages], ...(referrer !== undefined && { referrer }) };
}
