import type { CounterName, GaugeName, HistogramName } from '../../ports/index.ts';

/** Labels carry names from the code (a rule, an event, a limit), never data. */
export const COUNTERS: Readonly<Record<CounterName, { help: string; labels: readonly string[] }>> = {
  messages_stored_total: { help: 'Messages stored.', labels: [] },
  messages_duplicate_total: {
    help: 'Messages sent again and answered with the first acknowledgement.',
    labels: [],
  },
  redactions_total: { help: 'Pieces of text removed, by rule.', labels: ['rule'] },
  socket_events_total: { help: 'Socket events received, by event.', labels: ['event'] },
  socket_refused_total: {
    help: 'Socket handshakes and events refused, by event and code.',
    labels: ['event', 'code'],
  },
  rate_limited_total: { help: 'Calls and events refused by a rate limit, by limit.', labels: ['limit'] },
  conversations_started_total: { help: 'Conversations started.', labels: [] },
  conversations_closed_total: { help: 'Conversations closed.', labels: [] },
  engagement_decisions_total: {
    help: 'Decisions of engagement rules: fired, holdout, or what came first of all that kept a rule from firing.',
    labels: ['outcome'],
  },
  invitations_total: {
    help: 'Invitations shown, and how they ended: accepted, dismissed or lapsed.',
    labels: ['outcome'],
  },
  records_purged_total: { help: 'Records deleted at the end of their retention, by kind.', labels: ['kind'] },
  integrity_failures_total: {
    help: 'Stored transcripts and records that failed their integrity check.',
    labels: [],
  },
  webhook_deliveries_total: { help: 'Tries to deliver to webhooks, by result.', labels: ['result'] },
  cluster_entries_total: {
    help: 'Entries of the stream between nodes: sent, read, or refused because they do not open.',
    labels: ['outcome'],
  },
  cluster_notices_lost_total: {
    help: 'What this node had to tell the others and could not within a minute.',
    labels: [],
  },
  cluster_link_lost_total: { help: 'Times that the link to Redis was lost.', labels: [] },
  errors_total: { help: 'Unexpected errors, by where they surfaced.', labels: ['where'] },
};

export const GAUGES: Readonly<Record<GaugeName, string>> = {
  visitor_sockets: 'Visitor sockets connected to this node.',
  agent_sockets: 'Staff sockets connected to this node.',
  conversations_queued: 'Conversations that wait for an agent.',
  cluster_link: '1 while the link to Redis stands.',
  cluster_peers: 'Other nodes of the cluster that this one hears of.',
};

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const HISTOGRAMS: Readonly<Record<HistogramName, { help: string; buckets: readonly number[] }>> = {
  commit_seconds: { help: 'Time of one write of messages to the store.', buckets: SECONDS },
  commit_batch_size: {
    help: 'Messages in one write.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024],
  },
  message_seconds: { help: 'Time of one message from arrival to acknowledgement.', buckets: SECONDS },
};
