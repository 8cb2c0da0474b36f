import type {
  ConversationReport,
  EngagementReport,
  EngagementRuleDraft,
  Page,
  RuleSetDiff,
  WireEngagementRule,
  WireRuleSetVersion,
} from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** Which rules: those of the draft, those that are live, or those of a version. */
export type RuleSetName = 'draft' | 'published' | number;

/** The REST calls about engagement rules and what they bring; `base` is the account's path. */
export function createEngagementCalls(
  http: Http,
  base: string,
  all: <T>(room: string) => Promise<readonly T[]>,
) {
  const rule = (id: string): string => `${base}/engagement-rules/${encodeURIComponent(id)}`;
  const versions = `${base}/engagement-rule-versions`;
  return {
    list: () => all<WireEngagementRule>('engagement-rules'),
    create: (body: EngagementRuleDraft): Promise<WireEngagementRule> =>
      http.send('POST', `${base}/engagement-rules`, { body }),
    /** `null` takes a part away. */
    change: (id: string, body: Readonly<Record<string, unknown>>): Promise<WireEngagementRule> =>
      http.send('PATCH', rule(id), { body }),
    remove: (id: string): Promise<void> => http.send('DELETE', rule(id)),
    diff: (from: RuleSetName, to: RuleSetName): Promise<RuleSetDiff> =>
      http.send('POST', `${base}/engagement-rules/diff`, { body: { from, to } }),
    versions: (cursor?: string): Promise<Page<WireRuleSetVersion>> =>
      http.get(versions, { query: { cursor } }),
    publish: (note: string): Promise<WireRuleSetVersion> =>
      http.send('POST', versions, { body: note === '' ? {} : { note } }),
    restore: (version: number): Promise<WireRuleSetVersion> =>
      http.send('POST', `${versions}/${version}/restore`),
    /** Bounds are ISO 8601 instants; counted are whole days, UTC. */
    /** Volumes, waiting, handling and ratings. Bounds are ISO 8601 instants. */
    chats: (query: { readonly from: string; readonly to: string }): Promise<ConversationReport> =>
      http.get(`${base}/reports/conversations`, { query }),
    report: (query: { readonly from: string; readonly to: string }): Promise<EngagementReport> =>
      http.get(`${base}/reports/engagement`, { query }),
  };
}
