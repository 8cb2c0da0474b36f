import type { WirePageVisit, WireProfile } from '../../../shared/protocol/index.ts';
import type { Clock } from '../../ports/index.ts';

/** Pages kept of one session; the oldest go first. */
export const KEPT_PAGES = 50;
/** How long a session is remembered after its last socket closed, so that a page change loses nothing. */
const FORGET_AFTER_MS = 30 * 60_000;
const SWEEP_MS = 60_000;

interface LiveVisitor {
  sockets: number;
  lastSeenAt: number;
  fields: Record<string, string>;
  pages: WirePageVisit[];
  referrer?: string;
  /** The open conversation that this visitor's profile is kept with. */
  conversation?: { readonly id: string; readonly accountId: string };
  changedSinceKept: boolean;
}

/** A profile that changed since it was last kept with its conversation. */
export interface ChangedProfile {
  readonly sessionId: string;
  readonly conversation: { readonly id: string; readonly accountId: string };
  readonly profile: Pick<WireProfile, 'fields' | 'pages' | 'referrer'>;
}

/** What this node knows of visitors who are on a site now; in memory only, and already redacted. */
export class LiveVisitors {
  readonly #visitors = new Map<string, LiveVisitor>();
  readonly #clock: Clock;
  readonly #stopSweep: () => void;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#stopSweep = clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** Answers whether it is the session's first socket. */
  connected(sessionId: string): boolean {
    const visitor = this.#touch(sessionId);
    visitor.sockets += 1;
    return visitor.sockets === 1;
  }

  /** Answers whether it was the session's last socket. */
  disconnected(sessionId: string): boolean {
    const visitor = this.#visitors.get(sessionId);
    if (visitor === undefined) return false;
    visitor.sockets -= 1;
    visitor.lastSeenAt = this.#clock.now();
    const empty = visitor.pages.length === 0 && Object.keys(visitor.fields).length === 0;
    if (visitor.sockets <= 0 && empty && visitor.conversation === undefined) this.#visitors.delete(sessionId);
    return visitor.sockets <= 0;
  }

  /** The open conversation of the session, as far as this node knows. */
  conversationOf(sessionId: string): { readonly id: string; readonly accountId: string } | undefined {
    return this.#visitors.get(sessionId)?.conversation;
  }

  sawPage(sessionId: string, visit: { url: string; title?: string; referrer?: string }): void {
    const visitor = this.#touch(sessionId);
    const { url, title, referrer } = visit;
    const at = new Date(this.#clock.now()).toISOString();
    visitor.pages.push({ url, at, ...(title !== undefined && { title }) });
    if (visitor.pages.length > KEPT_PAGES) visitor.pages.shift();
    if (visitor.referrer === undefined && referrer !== undefined) visitor.referrer = referrer;
    visitor.changedSinceKept = true;
  }

  /** Deepest point of the current page, 0 to 100. */
  scrolled(sessionId: string, scrollDepth: number): void {
    const visitor = this.#touch(sessionId);
    const current = visitor.pages.at(-1);
    if (current === undefined || (current.scrollDepth ?? 0) >= scrollDepth) return;
    visitor.pages[visitor.pages.length - 1] = { ...current, scrollDepth };
    visitor.changedSinceKept = true;
  }

  setFields(sessionId: string, fields: Readonly<Record<string, string>>): void {
    const visitor = this.#touch(sessionId);
    visitor.fields = { ...visitor.fields, ...fields };
    visitor.changedSinceKept = true;
  }

  /** The profile as it stands. */
  snapshot(sessionId: string): WireProfile {
    const visitor = this.#visitors.get(sessionId);
    if (visitor === undefined) return { fields: {}, prechat: {}, pages: [] };
    return { ...profileOf(visitor), prechat: {} };
  }

  /** From now on changes belong to this conversation's profile. */
  follow(sessionId: string, conversationId: string, accountId: string): void {
    const visitor = this.#touch(sessionId);
    if (visitor.conversation?.id === conversationId) return;
    visitor.conversation = { id: conversationId, accountId };
    visitor.changedSinceKept = visitor.pages.length > 0;
  }

  /** Nothing of this visitor is to be kept on any more; with `erase`, what is known is forgotten too. */
  unfollow(sessionId: string, erase = false): void {
    const visitor = this.#visitors.get(sessionId);
    if (visitor === undefined) return;
    delete visitor.conversation;
    if (!erase) return;
    visitor.fields = {};
    visitor.pages = [];
    delete visitor.referrer;
  }

  /** Profiles that changed since they were last kept; they count as kept from here on. */
  takeChanged(): ChangedProfile[] {
    const changed = [...this.#visitors].filter(([, visitor]) => visitor.changedSinceKept);
    return changed.flatMap(([sessionId, visitor]) => {
      visitor.changedSinceKept = false;
      const { conversation } = visitor;
      return conversation === undefined ? [] : [{ sessionId, conversation, profile: profileOf(visitor) }];
    });
  }

  /** The profile that was taken could not be kept: it is among the changed ones the next time. */
  keepAgain(sessionId: string): void {
    const visitor = this.#visitors.get(sessionId);
    if (visitor !== undefined) visitor.changedSinceKept = true;
  }

  get size(): number {
    return this.#visitors.size;
  }

  close(): void {
    this.#stopSweep();
    this.#visitors.clear();
  }

  #touch(sessionId: string): LiveVisitor {
    const known = this.#visitors.get(sessionId);
    const now = this.#clock.now();
    if (known !== undefined) {
      known.lastSeenAt = now;
      return known;
    }
    const visitor: LiveVisitor = {
      sockets: 0,
      lastSeenAt: now,
      fields: {},
      pages: [],
      changedSinceKept: false,
    };
    this.#visitors.set(sessionId, visitor);
    return visitor;
  }

  #sweep(): void {
    const before = this.#clock.now() - FORGET_AFTER_MS;
    for (const [sessionId, visitor] of this.#visitors) {
      if (visitor.sockets <= 0 && visitor.lastSeenAt < before) this.#visitors.delete(sessionId);
    }
  }
}

function profileOf(visitor: LiveVisitor): Pick<WireProfile, 'fields' | 'pages' | 'referrer'> {
  const { fields, pages, referrer } = visitor;
  return { fields, pages: [...pages], ...(referrer !== undefined && { referrer }) };
}
