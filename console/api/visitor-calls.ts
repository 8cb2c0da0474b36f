import type {
  Decision,
  EngagementRuleDraft,
  WireDecisions,
  WireVisitorDetail,
} from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** What the console asks over REST of the visitors on an account's sites; `base` is the account's path. */
export function createVisitorCalls(http: Http, base: string) {
  const at = (sessionId: string): string => `${base}/visitors/${encodeURIComponent(sessionId)}`;
  return {
    get: (sessionId: string): Promise<WireVisitorDetail> => http.get(at(sessionId)),
    /** What the rules decided in the session, oldest first. */
    decisions: (sessionId: string): Promise<WireDecisions> => http.get(`${at(sessionId)}/decisions`),
    /** How every live rule stands with the visitor now. */
    whyNot: (sessionId: string): Promise<WireDecisions> => http.get(`${at(sessionId)}/why-not`),
    /** How a rule that is being written would stand with the visitor now; nothing is shown to anybody. */
    tryRule: (
      sessionId: string,
      body: { readonly rule: EngagementRuleDraft; readonly ruleId?: string },
      signal?: AbortSignal,
    ): Promise<Decision> => http.send('POST', `${at(sessionId)}/try-rule`, { body, signal }),
  };
}
