export { ConversationCounts } from './conversation-counts.ts';
export { ConversationReport } from './conversation-report.ts';
