import type { Access } from '../features/access/index.ts';
import type { Audit } from '../features/audit/index.ts';
import type { ConversationChanger } from '../features/conversations/change-conversation.ts';
import type { ConversationNotifier } from '../features/conversations/notifier.ts';
import { StaffNotes } from '../features/conversations/staff-notes.ts';
import { Watching } from '../features/conversations/watching.ts';
import type { DepartmentDirectory } from '../features/departments/index.ts';
import { Handover } from '../features/routing/handover.ts';
import type { Routing } from '../features/routing/routing.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** What staff do in each other's chats: hand them on, watch, leave notes, take them over. */
export function composeTeamwork(
  { stores, broadcaster, clock, ids }: Foundation,
  { lanes, pipeline }: Pipeline,
  parts: {
    readonly routing: Routing;
    readonly changer: ConversationChanger;
    readonly notifier: ConversationNotifier;
    readonly access: Access;
    readonly departments: DepartmentDirectory;
    readonly audit: Audit;
  },
) {
  const { conversations, presence } = stores;
  return {
    handover: new Handover({ ...parts, presence, conversations, pipeline, broadcaster, clock, ids }),
    watching: new Watching({ conversations, broadcaster, audit: parts.audit }),
    notes: new StaffNotes({ lanes, pipeline }),
  };
}
