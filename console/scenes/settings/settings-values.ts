import type { AccountSettings, FileKind } from '../../../shared/protocol/index.ts';
import type { SettingsChange } from '../../api/calls.ts';

/** The settings as the form holds them: everything can be written to, and times are in units people think in. */
export interface SettingsValues {
  name: string;
  transcriptRetentionDays: number;
  logRetentionDays: number;
  timeZone: string;
  businessHours: { alwaysOpen: boolean; intervals: { weekday: number; from: string; to: string }[] };
  dpa: { customFields: { key: string; label: string; category: string; searchable: boolean }[] };
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
    timeZone: settings.timeZone,
    businessHours: {
      alwaysOpen: settings.businessHours.alwaysOpen,
      intervals: settings.businessHours.intervals.map((interval) => ({ ...interval })),
    },
    dpa: { customFields: settings.dpa.customFields.map((field) => ({ ...field })) },
    redaction: { ...settings.redaction },
    attachments: { enabled: settings.attachments.enabled, kinds: [...settings.attachments.kinds] },
    signIn: { secondFactorRequired: settings.signIn?.secondFactorRequired === true },
    routing: { assignment, defaultCapacity, agentGraceS: agentGraceMs / 1000 },
  };
}

/** What the form has, for the server. */
export function changeOf(values: SettingsValues): SettingsChange {
  const { agentGraceS, ...routing } = values.routing;
  return { ...values, routing: { ...routing, agentGraceMs: Math.round(agentGraceS * 1000) } };
}
