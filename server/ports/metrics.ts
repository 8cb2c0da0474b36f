/** The closed list of what is counted and measured. Labels are names from the code, never data. */
export interface Metrics {
  /** Counts up. */
  count(name: CounterName, labels?: Readonly<Record<string, string>>, by?: number): void;
  /** Sets what is so now. */
  gauge(name: GaugeName, value: number): void;
  /** Notes one duration, in seconds, or one size. */
  observe(name: HistogramName, value: number): void;
  /** The Prometheus text and its content type. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export type CounterName =
  | 'messages_stored_total'
  | 'messages_duplicate_total'
  | 'redactions_total'
  | 'socket_events_total'
  | 'socket_refused_total'
  | 'rate_limited_total'
  | 'conversations_started_total'
  | 'conversations_closed_total'
  | 'engagement_decisions_total'
  | 'invitations_total'
  | 'records_purged_total'
  | 'integrity_failures_total'
  | 'webhook_deliveries_total'
  | 'cluster_entries_total'
  | 'cluster_notices_lost_total'
  | 'cluster_link_lost_total'
  | 'errors_total';
export type GaugeName =
  | 'visitor_sockets'
  | 'agent_sockets'
  | 'conversations_queued'
  | 'cluster_link'
  | 'cluster_peers';
export type HistogramName = 'commit_seconds' | 'commit_batch_size' | 'message_seconds';
