import type { VisitorEvent, WorldEvent } from '../../server/domain/engagement/index.ts';
import { isHeldOut } from '../../server/domain/engagement/index.ts';
import type { Condition, ConditionTree, EngagementRule, FactValue } from '../../shared/protocol/index.ts';

/** What the naive engine tells of a decision. */
export interface NaiveDecision {
  readonly at: number;
  readonly ruleId: string;
  readonly fired: boolean;
  readonly score: number;
  readonly blockers: readonly string[];
}

interface Visitor {
  readonly key: string;
  readonly startedAt: number;
  visits: number;
  language?: string | undefined;
  pages: number;
  chats: number;
  inChat: boolean;
  page?: { url: string; title?: string | undefined; since: number; scroll: number; idle: boolean };
  referrer?: string | undefined;
  utm?: URLSearchParams;
  events: Map<string, { count: number; last?: FactValue | undefined }>;
  fields: Map<string, string>;
  invitation?: { at: number; ruleId?: string } | undefined;
  dismissedAt: number;
  fired: Map<string, number[]>;
}

interface Options {
  readonly rules: readonly EngagementRule[];
  readonly timeZone: string;
  readonly invitationTtlMs: number;
  readonly dismissalCooldownMs: number;
}

interface LocalTime {
  readonly weekday: number;
  readonly time: string;
  readonly date: string;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * The rules of the contract in the plainest words: at every instant everything is read and evaluated from scratch, and time
 * is walked through instant by instant. Shares nothing with the engine but the assignment to the hold-out.
 */
export class NaiveEngine {
  readonly decisions: NaiveDecision[] = [];
  readonly visitor: Visitor;
  agents = 0;
  queue = 0;
  readonly #options: Options;
  readonly #engage: readonly EngagementRule[];
  /** Ready and short rules at the instant before. */
  #before = new Map<string, 'ready' | 'short'>();
  readonly #spent = new Set<string>();
  readonly #reported = new Set<string>();
  readonly #localTimes = new Map<number, LocalTime>();
  readonly #formatter: Intl.DateTimeFormat;

  constructor(
    options: Options,
    visitor: { key: string; startedAt: number; visits: number; language?: string },
  ) {
    this.#options = options;
    this.#formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: options.timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    this.#engage = options.rules
      .filter(({ kind, enabled }) => kind === 'engage' && enabled)
      .sort((a, b) => b.priority - a.priority || a.order - b.order || (a.id < b.id ? -1 : 1));
    this.visitor = {
      ...visitor,
      pages: 0,
      chats: 0,
      inChat: false,
      events: new Map(),
      fields: new Map(),
      dismissedAt: Number.NEGATIVE_INFINITY,
      fired: new Map(),
    };
  }

  happen(event: VisitorEvent | WorldEvent): void {
    if (event.type === 'agents-available') this.agents = event.count;
    else if (event.type === 'queue-length') this.queue = event.count;
    else this.#take(event);
  }

  /** Everything as it is at this instant. */
  look(now: number): void {
    if (this.visitor.inChat && !this.#options.rules.some(({ duringChat, enabled }) => enabled && duringChat))
      return;
    const score = this.scoreAt(now);
    const standing = new Map<string, 'ready' | 'short'>();
    for (const rule of this.#engage) {
      if (!this.holds(rule.when, now)) continue;
      standing.set(rule.id, score >= (rule.minScore ?? Number.NEGATIVE_INFINITY) ? 'ready' : 'short');
    }
    for (const id of [...this.#spent]) if (standing.get(id) !== 'ready') this.#spent.delete(id);
    this.#reportShort(standing, { now, score });
    let winner: string | undefined;
    for (const rule of this.#engage) {
      if (standing.get(rule.id) !== 'ready') continue;
      const isNew = this.#before.get(rule.id) !== 'ready';
      const blockers = this.#blockers(rule, now);
      if (winner !== undefined) {
        const others = blockers.filter((code) => code !== 'already_inviting');
        if (isNew) this.#report(rule, { now, score, blockers: ['lower_priority', ...others] });
      } else if (blockers.length > 0) {
        if (isNew) this.#report(rule, { now, score, blockers });
      } else if (this.#fire(rule, { now, score })) winner = rule.id;
    }
    this.#before = standing;
  }

  scoreAt(now: number): number {
    return this.#options.rules
      .filter(({ kind, enabled, when }) => kind === 'score' && enabled && this.holds(when, now))
      .reduce((sum, { points = 0 }) => sum + points, 0);
  }

  holds(tree: ConditionTree, now: number): boolean {
    if ('all' in tree) return tree.all.every((one) => this.holds(one, now));
    if ('any' in tree) return tree.any.some((one) => this.holds(one, now));
    if ('not' in tree) return !this.holds(tree.not, now);
    return compares(tree, this.#fact(tree.fact, now));
  }

  #reportShort(standing: ReadonlyMap<string, string>, at: { now: number; score: number }): void {
    for (const rule of this.#engage) {
      if (standing.get(rule.id) !== 'short' || this.#before.has(rule.id)) continue;
      this.#report(rule, { ...at, blockers: ['below_min_score', ...this.#blockers(rule, at.now)] });
    }
  }

  #report(rule: EngagementRule, at: { now: number; score: number; blockers: string[] }): void {
    if (this.#reported.has(rule.id)) return;
    this.#reported.add(rule.id);
    const { now, score, blockers } = at;
    this.decisions.push({ at: now, ruleId: rule.id, fired: false, score, blockers });
  }

  #fire(rule: EngagementRule, { now, score }: { now: number; score: number }): boolean {
    const heldOut = isHeldOut(rule, this.visitor.key);
    const blockers = heldOut ? ['holdout'] : [];
    this.decisions.push({ at: now, ruleId: rule.id, fired: !heldOut, score, blockers });
    this.visitor.fired.set(rule.id, [...(this.visitor.fired.get(rule.id) ?? []), now]);
    this.#spent.add(rule.id);
    if (!heldOut) this.visitor.invitation = { at: now, ruleId: rule.id };
    return !heldOut;
  }

  #blockers(rule: EngagementRule, now: number): string[] {
    const { visitor } = this;
    const { limits = {}, schedule } = rule;
    const times = visitor.fired.get(rule.id) ?? [];
    const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    const cooldown = limits.cooldownMs ?? 0;
    const found: string[] = [];
    if (visitor.inChat && !rule.duringChat) found.push('in_chat');
    if (this.#invitationIsOpen(now)) found.push('already_inviting');
    if (now < visitor.dismissedAt + this.#options.dismissalCooldownMs) found.push('dismissed');
    if (limits.oncePerSession && times.length > 0) found.push('once_per_session');
    if (cooldown > 0 && now < last + Math.max(1_000, cooldown)) found.push('cooldown');
    else if (cooldown === 0 && this.#spent.has(rule.id)) found.push('already_fired');
    const today = times.filter((time) => this.#local(time).date === this.#local(now).date);
    if (limits.maxPerDay !== undefined && today.length >= limits.maxPerDay) found.push('max_per_day');
    if (schedule !== undefined && !this.#isOpen(schedule, now)) found.push('schedule');
    if (rule.requiresAgent && this.agents === 0) found.push('no_agent');
    return found;
  }

  #invitationIsOpen(now: number): boolean {
    const { invitation } = this.visitor;
    if (invitation === undefined) return false;
    const rule = this.#options.rules.find(({ id }) => id === invitation.ruleId);
    const cooldown = rule?.limits?.cooldownMs ?? 0;
    const lasts = cooldown > 0 ? Math.max(1_000, cooldown) : Number.POSITIVE_INFINITY;
    return now < invitation.at + Math.min(lasts, this.#options.invitationTtlMs);
  }

  #isOpen(schedule: NonNullable<EngagementRule['schedule']>, now: number): boolean {
    if (schedule.startsAt !== undefined && now < Date.parse(schedule.startsAt)) return false;
    if (schedule.endsAt !== undefined && now >= Date.parse(schedule.endsAt)) return false;
    const { weekday, time } = this.#local(now);
    return (
      schedule.intervals === undefined ||
      schedule.intervals.some((one) => one.weekday === weekday && one.from <= time && time < one.to)
    );
  }

  #take(event: VisitorEvent): void {
    const { visitor } = this;
    switch (event.type) {
      case 'page':
        visitor.page = { url: event.url, title: event.title, since: event.at, scroll: 0, idle: false };
        if (visitor.pages++ === 0) visitor.referrer = event.referrer || undefined;
        visitor.invitation = undefined;
        if (visitor.utm === undefined && event.url.includes('utm_'))
          visitor.utm = new URL(event.url).searchParams;
        break;
      case 'activity':
        this.#act(event);
        break;
      case 'fields':
        for (const [key, value] of Object.entries(event.fields)) {
          if (value === '') visitor.fields.delete(key);
          else visitor.fields.set(key, value);
        }
        break;
      case 'chat-started':
        visitor.chats++;
        visitor.inChat = true;
        visitor.invitation = undefined;
        break;
      case 'chat-ended':
        visitor.inChat = false;
        break;
      case 'invitation-answered':
        if (!event.accepted) {
          visitor.invitation = undefined;
          visitor.dismissedAt = event.at;
        }
        break;
      case 'invited':
        visitor.invitation = { at: event.at };
        break;
      case 'device':
        Object.assign(visitor, event.device);
        break;
    }
  }

  #act({ scrollDepth, idle, event }: VisitorEvent & { type: 'activity' }): void {
    const { page } = this.visitor;
    if (page !== undefined && scrollDepth !== undefined) page.scroll = Math.max(page.scroll, scrollDepth);
    if (idle === true && page?.idle !== true) this.#count('idle', undefined);
    if (page !== undefined && idle !== undefined) page.idle = idle;
    if (event !== undefined) this.#count(event.name, event.value);
  }

  #count(name: string, value: FactValue | undefined): void {
    const known = this.visitor.events.get(name);
    this.visitor.events.set(name, { count: (known?.count ?? 0) + 1, last: value ?? known?.last });
  }

  #fact(fact: string, now: number): FactValue | undefined {
    const { visitor } = this;
    const { page } = visitor;
    const [group, ...rest] = fact.split('.');
    const name = rest.join('.');
    if (group === 'event') {
      const event = visitor.events.get(rest.slice(0, -1).join('.'));
      return fact.endsWith('.count') ? (event?.count ?? 0) : event?.last;
    }
    if (group === 'profile') return visitor.fields.get(name);
    if (fact.startsWith('page.query.')) {
      return page === undefined
        ? undefined
        : (new URL(page.url).searchParams.get(rest.slice(1).join('.')) ?? undefined);
    }
    if (fact.startsWith('session.utm.')) return visitor.utm?.get(`utm_${rest[1]}`) ?? undefined;
    switch (fact) {
      case 'page.url':
        return page?.url;
      case 'page.path':
        return page === undefined ? undefined : new URL(page.url).pathname;
      case 'page.title':
        return page?.title;
      case 'page.timeOnPageMs':
        return page === undefined ? undefined : now - page.since;
      case 'page.scrollDepth':
        return page?.scroll;
      case 'page.isIdle':
        return page?.idle;
      case 'session.pageViews':
        return visitor.pages;
      case 'session.durationMs':
        return now - visitor.startedAt;
      case 'session.referrer':
        return visitor.referrer;
      case 'visitor.visits':
        return visitor.visits;
      case 'visitor.isReturning':
        return visitor.visits > 1;
      case 'visitor.language':
        return visitor.language;
      case 'time.hour':
        return Number(this.#local(now).time.slice(0, 2));
      case 'time.weekday':
        return this.#local(now).weekday;
      case 'agents.available':
        return this.agents;
      case 'queue.length':
        return this.queue;
      case 'chat.count':
        return visitor.chats;
      default:
        throw new Error(`the naive engine does not know ${fact}`);
    }
  }

  #local(now: number): LocalTime {
    const minute = Math.floor(now / 60_000);
    const known = this.#localTimes.get(minute);
    if (known !== undefined) return known;
    const parts = this.#formatter.formatToParts(now);
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
    const local = {
      weekday: WEEKDAYS.indexOf(part('weekday')) + 1,
      time: `${part('hour')}:${part('minute')}`,
      date: `${part('year')}-${part('month')}-${part('day')}`,
    };
    this.#localTimes.set(minute, local);
    return local;
  }
}

/** One condition against one value, as docs/ENGAGEMENT.md says it. */
function compares({ fact, op, value }: Condition, seen: FactValue | undefined): boolean {
  if (op === 'exists') return (seen !== undefined) === (value ?? true);
  if (op === 'ne') return !compares({ fact, op: 'eq', value: value as FactValue }, seen);
  if (op === 'nin') return !compares({ fact, op: 'in', value: value as readonly FactValue[] }, seen);
  if (seen === undefined) return false;
  if (op === 'in')
    return (value as FactValue[]).some((one) => compares({ fact, op: 'eq', value: one }, seen));
  if (op === 'eq') return equals(fact, { seen, wanted: value as FactValue });
  const text = String(seen).toLowerCase();
  const wanted = String(value).toLowerCase();
  if (op === 'contains') return text.includes(wanted);
  if (op === 'startsWith') return text.startsWith(wanted);
  if (op === 'endsWith') return text.endsWith(wanted);
  if (op === 'matches') return new RegExp(value as string, 'u').test(String(seen));
  const number = asNumber(seen);
  if (number === undefined) return false;
  if (op === 'between')
    return number >= Number((value as number[])[0]) && number <= Number((value as number[])[1]);
  const bound = value as number;
  if (op === 'gt') return number > bound;
  if (op === 'gte') return number >= bound;
  return op === 'lt' ? number < bound : number <= bound;
}

function equals(fact: string, { seen, wanted }: { seen: FactValue; wanted: FactValue }): boolean {
  if (typeof wanted === 'number') {
    return asNumber(seen) === (fact === 'time.weekday' && wanted === 0 ? 7 : wanted);
  }
  const text = String(seen).toLowerCase();
  const other = String(wanted).toLowerCase();
  return text === other || (fact === 'visitor.language' && text.startsWith(`${other}-`));
}

function asNumber(seen: FactValue): number | undefined {
  if (typeof seen === 'number') return seen;
  return typeof seen === 'string' && /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(seen) ? Number(seen) : undefined;
}
