import type { AgentNames } from '../features/conversations/agent-names.ts';
import type { DepartmentDirectory } from '../features/departments/index.ts';
import { ConversationCounts, ConversationReport } from '../features/reports/index.ts';
import type { Foundation } from './foundation.ts';

/** What is counted of conversations, and what is told of it. */
export function composeReports(
  { stores, events, clock, logger }: Foundation,
  parts: { readonly names: AgentNames; readonly departments: DepartmentDirectory },
) {
  const store = stores.entities.conversationDays;
  const counts = new ConversationCounts({ store, events, clock, logger });
  return {
    conversationReport: new ConversationReport({ counts, ...parts, clock }),
    close: async () => {
      await counts.flush();
      counts.close();
    },
  };
}
