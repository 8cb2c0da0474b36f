import type { FactValue } from '../../../shared/protocol/index.ts';
import type {
  CountedEvent,
  FiringRecord,
  NewVisitor,
  OpenInvitation,
  VisitorEvent,
  VisitorFacts,
} from './model.ts';
import { campaignOf } from './page-address.ts';

/** Different event names of one visitor that are counted; a page that makes names up cannot fill the memory. */
export const EVENT_NAMES_MAX = 50;

/** {@link VisitorFacts} as they grow: in place, with maps where names come from outside, made when first needed. */
export class LiveFacts {
  readonly key: string;
  readonly startedAt: number;
  visits: number;
  pageViews: number;
  chats: number;
  inChat: boolean;
  url: string | undefined;
  title: string | undefined;
  pageSince: number;
  scrollDepth: number;
  idle: boolean;
  referrer: string | undefined;
  language: string | undefined;
  device: string | undefined;
  browser: string | undefined;
  os: string | undefined;
  dismissedAt: number | undefined;
  invitation: OpenInvitation | undefined;
  utm: Map<string, string> | undefined;
  events: Map<string, CountedEvent> | undefined;
  fields: Map<string, string> | undefined;
  firings: Map<string, FiringRecord> | undefined;

  constructor(facts: VisitorFacts) {
    this.key = facts.key;
    this.startedAt = facts.startedAt;
    this.visits = facts.visits;
    this.pageViews = facts.pageViews;
    this.chats = facts.chats;
    this.inChat = facts.inChat;
    this.url = facts.page?.url;
    this.title = facts.page?.title;
    this.pageSince = facts.page?.since ?? 0;
    this.scrollDepth = facts.page?.scrollDepth ?? 0;
    this.idle = facts.page?.idle ?? false;
    this.referrer = facts.referrer;
    this.language = facts.language;
    this.device = facts.device;
    this.browser = facts.browser;
    this.os = facts.os;
    this.dismissedAt = facts.dismissedAt;
    this.invitation = facts.invitation;
    this.utm = mapOf(facts.utm);
    this.events = mapOf(facts.events);
    this.fields = mapOf(facts.fields);
    this.firings = mapOf(facts.firings);
  }

  /** As plain data, of its own. */
  toFacts(): VisitorFacts {
    const { key, startedAt, visits, pageViews, chats, inChat } = this;
    return {
      ...{ key, startedAt, visits, pageViews, chats, inChat },
      utm: recordOf(this.utm),
      events: recordOf(this.events),
      fields: recordOf(this.fields),
      firings: recordOf(this.firings),
      ...this.#pageFacts(),
      ...given({ referrer: this.referrer, language: this.language, device: this.device }),
      ...given({ browser: this.browser, os: this.os }),
      ...(this.invitation !== undefined && { invitation: this.invitation }),
      ...(this.dismissedAt !== undefined && { dismissedAt: this.dismissedAt }),
    };
  }

  #pageFacts(): Pick<VisitorFacts, 'page'> {
    if (this.url === undefined) return {};
    const { url, title, pageSince: since, scrollDepth, idle } = this;
    return { page: { url, ...(title !== undefined && { title }), since, scrollDepth, idle } };
  }

  /** Takes in what happened. Decides nothing. */
  apply(event: VisitorEvent, at: number): void {
    switch (event.type) {
      case 'page':
        this.#openPage(event, at);
        break;
      case 'activity':
        this.#act(event);
        break;
      case 'fields':
        this.#setFields(event.fields);
        break;
      case 'device':
        Object.assign(this, event.device);
        break;
      case 'chat-started':
        this.chats++;
        this.inChat = true;
        this.invitation = undefined;
        break;
      case 'chat-ended':
        this.inChat = false;
        break;
      case 'invitation-answered':
        // An accepted one stays until the chat begins, so that no other comes between.
        if (event.accepted) break;
        this.invitation = undefined;
        this.dismissedAt = at;
        break;
      case 'invited':
        this.invitation = { at };
        break;
    }
  }

  /** A new page ends the invitation on the one before. */
  #openPage(event: VisitorEvent & { type: 'page' }, at: number): void {
    this.url = event.url;
    this.title = event.title;
    this.pageSince = at;
    this.scrollDepth = 0;
    this.idle = false;
    this.invitation = undefined;
    if (this.pageViews++ === 0 && event.referrer !== undefined && event.referrer !== '') {
      this.referrer = event.referrer;
    }
    this.utm ??= campaignOf(event.url);
  }

  /** Depth and idleness are the page's, and kept with it: before the first one there is nothing to remember them by. */
  #act({ scrollDepth, idle, event }: VisitorEvent & { type: 'activity' }): void {
    const isOnPage = this.url !== undefined;
    if (isOnPage && scrollDepth !== undefined) this.scrollDepth = Math.max(this.scrollDepth, scrollDepth);
    if (idle === true && !this.idle) this.#count('idle', undefined);
    if (isOnPage && idle !== undefined) this.idle = idle;
    if (event !== undefined) this.#count(event.name, event.value);
  }

  #count(name: string, value: FactValue | undefined): void {
    this.events ??= new Map();
    const known = this.events.get(name);
    if (known === undefined && this.events.size >= EVENT_NAMES_MAX) return;
    const last = value ?? known?.last;
    this.events.set(name, { count: (known?.count ?? 0) + 1, ...(last !== undefined && { last }) });
  }

  /** A field set to nothing is taken away. */
  #setFields(fields: { readonly [key: string]: string }): void {
    this.fields ??= new Map();
    for (const [key, value] of Object.entries(fields)) {
      if (value === '') this.fields.delete(key);
      else this.fields.set(key, value);
    }
  }
}

/** What a new session begins with; the limits of earlier ones go on. */
export function newVisitor({ history, ...visitor }: NewVisitor): VisitorFacts {
  const firings = Object.entries(history?.firings ?? {}).map(
    ([ruleId, record]) => [ruleId, { ...record, inSession: 0, spent: false }] as const,
  );
  return {
    visits: 1,
    fields: {},
    ...visitor,
    pageViews: 0,
    chats: 0,
    inChat: false,
    utm: {},
    events: {},
    firings: Object.fromEntries(firings),
    ...(history?.dismissedAt !== undefined && { dismissedAt: history.dismissedAt }),
  };
}

function mapOf<Value>(record: { readonly [key: string]: Value }): Map<string, Value> | undefined {
  const entries = Object.entries(record);
  return entries.length === 0 ? undefined : new Map(entries);
}

function recordOf<Value>(map: ReadonlyMap<string, Value> | undefined): { readonly [key: string]: Value } {
  return map === undefined ? {} : Object.fromEntries(map);
}

function given<Key extends string>(
  values: { readonly [K in Key]: string | undefined },
): {
  [K in Key]?: string;
} {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in Key]?: string };
}
