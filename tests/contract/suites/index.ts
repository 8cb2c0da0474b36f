import { describeActivityStore } from './activity-store.ts';
import { describeAttachmentStore } from './attachment-store.ts';
import { describeAuditChain } from './audit-chain.ts';
import { describeAuditStore } from './audit-store.ts';
import { describeConversationModel } from './conversation-model.ts';
import { describeConversationStore } from './conversation-store.ts';
import { describeEntityStores } from './entity-store.ts';
import { describeGuardedActivity } from './guarded-activity.ts';
import { describeGuardedRecords } from './guarded-records.ts';
import { describeKeyStores } from './key-stores.ts';
import { describeKeyVault } from './key-vault.ts';
import { describeMessageModel } from './message-model.ts';
import { describeMessageStore } from './message-store.ts';
import { describePresenceStore } from './presence-store.ts';
import { describeRecordFloors } from './record-floors.ts';
import { describeRetentionStore } from './retention-store.ts';
import type { OpenStores } from './use-stores.ts';

export type { OpenStores };

/**
 * Every promise of `server/ports/stores.ts`, tried from outside on one technology. `open` answers empty stores each
 * time; the suites close them.
 */
export function describeStores(name: string, open: OpenStores): void {
  describeEntityStores(name, open);
  describeConversationStore(name, open);
  describeConversationModel(name, open);
  describeMessageStore(name, open);
  describeMessageModel(name, open);
  describeAttachmentStore(name, open);
  describeKeyStores(name, open);
  describeKeyVault(name, open);
  describeRecordFloors(name, open);
  describeGuardedRecords(name, open);
  describeGuardedActivity(name, open);
  describeActivityStore(name, open);
  describeAuditStore(name, open);
  describeAuditChain(name, open);
  describePresenceStore(name, open);
  describeRetentionStore(name, open);
}
