import {
  type AccountSettings,
  type AttachmentPolicy,
  type ConversationQuery,
  type FilledCannedResponse,
  type Page,
  type PrechatField,
  type RedactionPreview,
  type RedactionReportItem,
  type SentMessage,
  type SiteTheme,
  UPLOAD_HEADERS,
  type WireCannedResponse,
  type WireConversation,
  type WireRedactionRescan,
  type WireRedactionRule,
  type WireRedactionRuleChange,
  type WireSite,
  type WireTranscript,
} from '../../shared/protocol/index.ts';
import { createAccessCalls } from './access-calls.ts';
import { createEngagementCalls } from './engagement-calls.ts';
import type { Http } from './http.ts';
import { createPrivacyCalls } from './privacy-calls.ts';
import { createAuditCalls, createKeyCalls } from './record-calls.ts';
import { createApiTokenCalls, createDepartmentCalls, createUserCalls } from './staff-calls.ts';
import { createVisitorCalls } from './visitor-calls.ts';
import { createWebhookCalls } from './webhook-calls.ts';

/** What an administrator decides about a redaction rule; the rest is the server's. */
export type RuleDraft = Omit<WireRedactionRule, 'id' | 'createdAt' | 'updatedAt' | 'builtin' | 'check'> & {
  readonly check?: string | null;
};

export interface SiteDraft {
  readonly name: string;
  readonly locale: string;
  readonly theme: SiteTheme;
  readonly prechat: readonly PrechatField[];
  readonly allowedOrigins: readonly string[];
}

export type CannedResponseDraft = Pick<WireCannedResponse, 'shortcut' | 'text' | 'tags'>;

export type SettingsChange = Partial<Omit<AccountSettings, 'region'>>;

/** What conversations are searched by; `fields`: whole values of searchable fields of the agreement, by key. */
export type ConversationSearch = ConversationQuery & { readonly fields?: Readonly<Record<string, string>> };

export type ExportFormat = 'json' | 'html' | 'txt';

const PAGE_SIZE = 50;
/** Rules, sites and users of one account fit a page; more are read page by page. */
const WHOLE_LIST = 200;

/** The REST calls of one account that the console makes. Every method throws ApiError. */
export function createApi(http: Http, accountId: string) {
  const base = `/accounts/${encodeURIComponent(accountId)}`;
  const at = (room: string, id: string): string => `${base}/${room}/${encodeURIComponent(id)}`;

  const all = async <T>(room: string): Promise<readonly T[]> => {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<T> = await http.get(`${base}/${room}`, { query: { limit: WHOLE_LIST, cursor } });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return items;
  };

  return {
    access: createAccessCalls(http, base, all),
    apiTokens: createApiTokenCalls(http, base, all),
    departments: createDepartmentCalls(http, base, all),
    audit: createAuditCalls(http, base),
    keys: createKeyCalls(http, base),
    conversations: {
      /** Newest first. Goes in the body: a value of a field is nothing for an address. */
      search: (query: ConversationSearch, cursor?: string): Promise<Page<WireConversation>> =>
        http.send('POST', `${base}/conversations/search`, { body: { ...query, limit: PAGE_SIZE, cursor } }),
      transcript: (id: string): Promise<WireTranscript> =>
        http.get(at('conversations', id), { query: { include: 'messages,profile' } }),
      profile: (id: string): Promise<WireTranscript> =>
        http.get(at('conversations', id), { query: { include: 'profile' } }),
      erase: (id: string): Promise<{ readonly erased: true; readonly certificateId: string }> =>
        http.send('DELETE', at('conversations', id)),
      file: (id: string, fileId: string): Promise<Blob> =>
        http.bytes(`${at('conversations', id)}/files/${encodeURIComponent(fileId)}`),
      sendFile: (id: string, file: File): Promise<SentMessage> =>
        http.upload(`${at('conversations', id)}/files`, file, {
          'content-type': file.type === '' ? 'application/octet-stream' : file.type,
          [UPLOAD_HEADERS.fileName]: encodeURIComponent(file.name),
          [UPLOAD_HEADERS.clientId]: crypto.randomUUID(),
        }),
      export: (id: string, format: ExportFormat) =>
        http.download(`${at('conversations', id)}/export`, { format }),
    },
    privacy: createPrivacyCalls(http, base),
    attachmentPolicy: (): Promise<AttachmentPolicy> => http.get(`${base}/attachment-policy`),
    cannedResponses: {
      list: () => all<WireCannedResponse>('canned-responses'),
      create: (body: CannedResponseDraft): Promise<WireCannedResponse> =>
        http.send('POST', `${base}/canned-responses`, { body }),
      change: (id: string, body: CannedResponseDraft): Promise<WireCannedResponse> =>
        http.send('PATCH', at('canned-responses', id), { body }),
      remove: (id: string): Promise<void> => http.send('DELETE', at('canned-responses', id)),
      fill: (id: string, conversationId: string): Promise<FilledCannedResponse> =>
        http.send('POST', `${at('canned-responses', id)}/fill`, { body: { conversationId } }),
    },
    engagement: createEngagementCalls(http, base, all),
    redaction: {
      /** Changes of one rule, or of all, newest first; removed rules included. */
      changes: (ruleId: string | undefined, cursor?: string): Promise<Page<WireRedactionRuleChange>> =>
        http.get(
          ruleId === undefined
            ? `${base}/redaction-rule-changes`
            : `${at('redaction-rules', ruleId)}/history`,
          { query: { limit: PAGE_SIZE, cursor } },
        ),
      /** Counts by rule and day (UTC). Bounds are ISO 8601 instants. */
      report: (query: {
        readonly from: string;
        readonly to: string;
      }): Promise<{ readonly items: readonly RedactionReportItem[] }> =>
        http.get(`${base}/reports/redaction`, { query }),
    },
    rescans: {
      list: () => all<WireRedactionRescan>('redaction-rescans'),
      get: (id: string, signal?: AbortSignal): Promise<WireRedactionRescan> =>
        http.get(at('redaction-rescans', id), { signal }),
      start: (): Promise<WireRedactionRescan> => http.send('POST', `${base}/redaction-rescans`),
      setStatus: (id: string, status: 'running' | 'paused' | 'cancelled'): Promise<WireRedactionRescan> =>
        http.send('PATCH', at('redaction-rescans', id), { body: { status } }),
    },
    rules: {
      list: () => all<WireRedactionRule>('redaction-rules'),
      create: (body: RuleDraft): Promise<WireRedactionRule> =>
        http.send('POST', `${base}/redaction-rules`, { body }),
      change: (id: string, body: Partial<RuleDraft>): Promise<WireRedactionRule> =>
        http.send('PATCH', at('redaction-rules', id), { body }),
      remove: (id: string): Promise<void> => http.send('DELETE', at('redaction-rules', id)),
      /** Tries rules on a text; the server keeps neither. Without `rules`, those of the account. */
      preview: (
        body: { readonly text: string; readonly rules?: readonly object[] },
        signal?: AbortSignal,
      ): Promise<RedactionPreview> => http.send('POST', `${base}/redaction-rules/preview`, { body, signal }),
    },
    settings: {
      get: (): Promise<AccountSettings> => http.get(`${base}/settings`),
      change: (body: SettingsChange): Promise<AccountSettings> =>
        http.send('PATCH', `${base}/settings`, { body }),
    },
    sites: {
      list: () => all<WireSite>('sites'),
      create: (body: Partial<SiteDraft> & { name: string }): Promise<WireSite> =>
        http.send('POST', `${base}/sites`, { body }),
      change: (id: string, body: Partial<SiteDraft>): Promise<WireSite> =>
        http.send('PATCH', at('sites', id), { body }),
      remove: (id: string): Promise<void> => http.send('DELETE', at('sites', id)),
    },
    users: createUserCalls(http, base, all),
    visitors: createVisitorCalls(http, base),
    webhooks: createWebhookCalls(http, base, all),
  };
}

export type Api = ReturnType<typeof createApi>;
