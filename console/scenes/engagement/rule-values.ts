import type {
  ConditionTree,
  EngagementRule,
  EngagementRuleDraft,
  MessageVariant,
} from '../../../shared/protocol/index.ts';
import { asRoot } from './condition-edit.ts';

/** A message in another language. */
export interface TranslationValues {
  language: string;
  message: string;
}

export interface VariantValues {
  key: string;
  weight: number;
  message: string;
  /** Not shown in the editor, and kept. */
  translations?: NonNullable<MessageVariant['translations']>;
}

export interface IntervalValues {
  weekday: number;
  from: string;
  to: string;
}

/** A rule as the editor holds it: one flat record of what can be typed. Empty text stands for a number that is not given. */
export interface RuleValues {
  name: string;
  enabled: boolean;
  kind: 'score' | 'engage';
  when: ConditionTree;
  points: number | '';
  priority: number;
  minScore: number | '';
  actionType: 'invite' | 'offer';
  message: string;
  translations: TranslationValues[];
  /** Who gets the chat that comes of it; empty: anyone. */
  departmentId: string;
  variants: VariantValues[];
  oncePerSession: boolean;
  cooldownMinutes: number | '';
  maxPerDay: number | '';
  businessHours: boolean;
  intervals: IntervalValues[];
  /** Local date and time, `YYYY-MM-DDTHH:MM`. */
  startsAt: string;
  endsAt: string;
  requiresAgent: boolean;
  holdoutPercent: number;
  /** Name of the event that the rule is measured by; empty: chats. */
  goal: string;
  duringChat: boolean;
}

const MS_PER_MINUTE = 60_000;
const NEW_WHEN: ConditionTree = { all: [{ fact: 'page.timeOnPageMs', op: 'gte', value: 30_000 }] };

/** What a new rule starts from: an invitation after half a minute on a page, while someone is there to answer. */
export function newRuleValues(): RuleValues {
  return {
    name: '',
    enabled: true,
    kind: 'engage',
    when: NEW_WHEN,
    points: 10,
    priority: 0,
    minScore: '',
    actionType: 'invite',
    message: '',
    translations: [],
    departmentId: '',
    variants: [],
    oncePerSession: true,
    cooldownMinutes: '',
    maxPerDay: '',
    businessHours: false,
    intervals: [],
    startsAt: '',
    endsAt: '',
    requiresAgent: true,
    holdoutPercent: 0,
    goal: '',
    duringChat: false,
  };
}

/** A stored rule, for the editor. */
export function valuesOf(rule: EngagementRule): RuleValues {
  const { action, limits, schedule } = rule;
  return {
    ...newRuleValues(),
    name: rule.name,
    enabled: rule.enabled,
    kind: rule.kind,
    when: asRoot(rule.when),
    points: rule.points ?? '',
    priority: rule.priority,
    minScore: rule.minScore ?? '',
    actionType: action?.type ?? 'invite',
    message: action?.message ?? '',
    translations: Object.entries(action?.translations ?? {}).map(([language, message]) => ({
      language,
      message,
    })),
    departmentId: action?.departmentId ?? '',
    variants: (rule.variants ?? []).map((variant) => ({ weight: 1, ...variant })),
    oncePerSession: limits?.oncePerSession ?? false,
    cooldownMinutes: limits?.cooldownMs === undefined ? '' : limits.cooldownMs / MS_PER_MINUTE,
    maxPerDay: limits?.maxPerDay ?? '',
    businessHours: schedule?.businessHours ?? false,
    intervals: (schedule?.intervals ?? []).map((interval) => ({ ...interval })),
    startsAt: localOf(schedule?.startsAt),
    endsAt: localOf(schedule?.endsAt),
    requiresAgent: rule.requiresAgent ?? false,
    holdoutPercent: rule.holdoutPercent ?? 0,
    goal: rule.goal ?? '',
    duringChat: rule.duringChat ?? false,
  };
}

/** What the editor holds, for the server; what was left out or does not belong to the kind is not there. */
export function draftOf(values: RuleValues): EngagementRuleDraft {
  const { name, enabled, kind, priority, when, duringChat } = values;
  const common = { name: name.trim(), enabled, kind, priority, when, ...(duringChat && { duringChat }) };
  if (kind === 'score') return { ...common, points: Number(values.points) };
  return {
    ...common,
    action: actionOf(values),
    requiresAgent: values.requiresAgent,
    ...(values.minScore !== '' && { minScore: values.minScore }),
    ...(values.variants.length > 0 && { variants: values.variants }),
    ...(values.holdoutPercent > 0 && { holdoutPercent: values.holdoutPercent }),
    ...(values.goal.trim() !== '' && { goal: values.goal.trim() }),
    ...filled('limits', limitsOf(values)),
    ...filled('schedule', scheduleOf(values)),
  };
}

const PARTS = [
  ...[
    'points',
    'minScore',
    'action',
    'variants',
    'limits',
    'schedule',
    'requiresAgent',
    'holdoutPercent',
    'goal',
  ],
  'duringChat',
] as const;

/** The same as a change of a stored rule: what is not there any more is taken away. */
export function changeOf(values: RuleValues): Readonly<Record<string, unknown>> {
  const away = Object.fromEntries(PARTS.map((part) => [part, null]));
  return { ...away, ...draftOf(values) };
}

/** Where in the editor the fault at a path of the request belongs. */
export function fieldOf(path: string): string {
  const [first = '', second = '', ...rest] = path.split('.');
  if (first === 'action') return second === 'type' ? 'actionType' : second === '' ? 'message' : second;
  if (first === 'limits') return second === 'cooldownMs' ? 'cooldownMinutes' : second;
  if (first === 'schedule') return second;
  if (first === 'variants') return ['variants', second, ...rest].filter((part) => part !== '').join('.');
  return first;
}

function actionOf({
  actionType,
  message,
  translations,
  departmentId,
}: RuleValues): NonNullable<EngagementRuleDraft['action']> {
  const given = translations.filter(({ language }) => language.trim() !== '');
  return {
    type: actionType,
    message: message.trim(),
    ...(departmentId !== '' && { departmentId }),
    ...(given.length > 0 && {
      translations: Object.fromEntries(
        given.map(({ language, message: text }) => [language.trim(), text.trim()]),
      ),
    }),
  };
}

function limitsOf({ oncePerSession, cooldownMinutes, maxPerDay }: RuleValues) {
  return {
    ...(oncePerSession && { oncePerSession }),
    ...(cooldownMinutes !== '' && { cooldownMs: Math.round(cooldownMinutes * MS_PER_MINUTE) }),
    ...(maxPerDay !== '' && { maxPerDay }),
  };
}

function scheduleOf({ businessHours, intervals, startsAt, endsAt }: RuleValues) {
  return {
    ...(businessHours && { businessHours }),
    ...(intervals.length > 0 && { intervals }),
    ...(startsAt !== '' && { startsAt: new Date(startsAt).toISOString() }),
    ...(endsAt !== '' && { endsAt: new Date(endsAt).toISOString() }),
  };
}

function filled<Key extends string, Part extends object>(key: Key, part: Part): { [K in Key]?: Part } {
  return (Object.keys(part).length === 0 ? {} : { [key]: part }) as { [K in Key]?: Part };
}

/** An instant as a field for date and time takes it, in the browser's zone. */
function localOf(iso: string | undefined): string {
  if (iso === undefined) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * MS_PER_MINUTE).toISOString().slice(0, 16);
}
