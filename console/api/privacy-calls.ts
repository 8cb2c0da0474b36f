import type {
  Page,
  WireActivity,
  WireConversation,
  WireDataRequest,
  WireErasureCertificate,
  WireExpiryPreview,
  WireLegalHold,
} from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** A visitor by a session, or a person by a field that the data-processing agreement lists. */
export type SubjectBody = { readonly sessionId: string } | { readonly field: string; readonly value: string };

export type HoldScope = SubjectBody | { readonly conversationId: string };

export type ActivitySubject =
  | { readonly sessionId: string }
  | { readonly conversationId: string }
  | { readonly ip: string };

/** What is asked for a visitor or person: everything in a file, or its end. */
export type Purpose = WireDataRequest['purpose'];

const ROOMS = { access: 'subject-access', erasure: 'erasures' } as const;

/** The REST calls about the end of personal data; `base` is the account's path. */
export function createPrivacyCalls(http: Http, base: string) {
  const at = (room: string, id: string): string => `${base}/${room}/${encodeURIComponent(id)}`;
  return {
    requests: (purpose: Purpose): Promise<Page<WireDataRequest>> => http.get(`${base}/${ROOMS[purpose]}`),
    ask: (purpose: Purpose, body: SubjectBody): Promise<WireDataRequest> =>
      http.send('POST', `${base}/${ROOMS[purpose]}`, { body }),
    export: (requestId: string, format: 'html' | 'json') =>
      http.download(`${at(ROOMS.access, requestId)}/export`, { format }),
    certificates: (cursor?: string): Promise<Page<WireErasureCertificate>> =>
      http.get(`${base}/erasure-certificates`, { query: { cursor } }),
    certificate: (id: string): Promise<WireErasureCertificate> => http.get(at('erasure-certificates', id)),
    holds: (cursor?: string): Promise<Page<WireLegalHold>> =>
      http.get(`${base}/legal-holds`, { query: { cursor } }),
    hold: (scope: HoldScope, reason: string): Promise<WireLegalHold> =>
      http.send('POST', `${base}/legal-holds`, { body: { scope, reason } }),
    release: (id: string): Promise<WireLegalHold> => http.send('DELETE', at('legal-holds', id)),
    expiry: (days: number): Promise<WireExpiryPreview> =>
      http.get(`${base}/expiry-preview`, { query: { days } }),
    expiring: (days: number, cursor?: string): Promise<Page<WireConversation>> =>
      http.get(`${base}/expiry-preview/conversations`, { query: { days, cursor } }),
    /** Every look-up is in the audit log, with its reason. */
    activity: (subject: ActivitySubject, reason: string, cursor?: string): Promise<Page<WireActivity>> =>
      http.get(`${base}/activity-logs`, { query: { ...subject, reason, cursor } }),
    eraseAddress: (ip: string): Promise<{ readonly deleted: number }> =>
      http.send('DELETE', `${base}/activity-logs`, { query: { ip } }),
  };
}
