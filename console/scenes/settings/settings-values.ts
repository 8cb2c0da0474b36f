import type { AccountSettings, CustomField, FileKind } from '../../../shared/protocol/index.ts';
import type { SettingsChange } from '../../api/calls.ts';

/** A field of the agreement as the form holds it: an emptied number is an empty text. */
export interface CustomFieldValues {
  key: string;
  label: string;
  category: string;
  searchable: boolean;
  retentionDays: number | '';
  keepAsGiven: boolean;
}

/** The settings as the form holds them: everything can be written to, and times are in units people think in. */
export interface SettingsValues {
  name: string;
  transcriptRetentionDays: number;
  logRetentionDays: number;
  auditRetentionDays: number;
  activityLog: { reasonRequired: boolean };
  timeZone: string;
  businessHours: { alwaysOpen: boolean; intervals: { weekday: number; from: string; to: string }[] };
  dpa: { customFields: CustomFieldValues[] };
  redaction: { applyTo: 'store' | 'store-and-delivery' };
  attachments: { enabled: boolean; kinds: FileKind[] };
  signIn: { secondFactorRequired: boolean };
  routing: { assignment: 'automatic' | 'manual'; defaultCapacity: number; agentGraceS: number };
}

/** What the server has, for the form. */
export function valuesOf(settings: AccountSettings): SettingsValues {
  const { assignment, defaultCapacity, agentGraceMs } = settings.routing;
  return {
    name: settings.name,
    transcriptRetentionDays: settings.transcriptRetentionDays,
    logRetentionDays: settings.logRetentionDays,
    auditRetentionDays: settings.auditRetentionDays,
    activityLog: { ...settings.activityLog },
    timeZone: settings.timeZone,
    businessHours: {
      alwaysOpen: settings.businessHours.alwaysOpen,
      intervals: settings.businessHours.intervals.map((interval) => ({ ...interval })),
    },
    dpa: { customFields: settings.dpa.customFields.map(fieldValuesOf) },
    redaction: { ...settings.redaction },
    attachments: { enabled: settings.attachments.enabled, kinds: [...settings.attachments.kinds] },
    signIn: { secondFactorRequired: settings.signIn?.secondFactorRequired === true },
    routing: { assignment, defaultCapacity, agentGraceS: agentGraceMs / 1000 },
  };
}

/** What the form has, for the server. */
export function changeOf(values: SettingsValues): SettingsChange {
  const { agentGraceS, ...routing } = values.routing;
  return {
    ...values,
    dpa: { customFields: values.dpa.customFields.map(customFieldOf) },
    routing: { ...routing, agentGraceMs: Math.round(agentGraceS * 1000) },
  };
}

function fieldValuesOf(field: CustomField): CustomFieldValues {
  return { ...field, retentionDays: field.retentionDays ?? '', keepAsGiven: field.keepAsGiven === true };
}

function customFieldOf({ retentionDays, keepAsGiven, ...field }: CustomFieldValues): CustomField {
  return {
    ...field,
    ...(retentionDays !== '' && { retentionDays }),
    ...(keepAsGiven && { keepAsGiven }),
  };
}
