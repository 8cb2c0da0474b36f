import {
  type ActivityStore,
  type AttachmentStore,
  type AuditStore,
  ENTITY_SPECS,
  type EntityStores,
  type Erasable,
  type ErasureScope,
  type MessageStore,
  type PresenceStore,
  type ProfileStore,
  type RecordFloors,
} from '../../ports/index.ts';

export interface KeptInStores {
  readonly messages: Pick<MessageStore, 'deleteConversation'>;
  readonly attachments: Pick<AttachmentStore, 'deleteConversation' | 'list'>;
  readonly profiles: Pick<ProfileStore, 'delete'>;
  readonly activity: Pick<ActivityStore, 'deleteOf'>;
  readonly presence: Pick<PresenceStore, 'deleteAccount'>;
  readonly audit: Pick<AuditStore, 'deleteAccount'>;
  readonly floors: Pick<RecordFloors, 'remove'>;
  readonly entities: EntityStores;
  /** Writes what is in memory still, so that it is erased too. */
  readonly flushActivity: () => Promise<void>;
}

/** What the stores themselves keep beside keys and conversations, which the erasure takes first and last. */
export function storeErasables(stores: KeptInStores): readonly Erasable[] {
  const { messages, attachments, profiles, activity, presence, audit, floors, entities, flushActivity } =
    stores;
  return [
    {
      keeps: 'messages',
      erase: async (scope) =>
        scope.kind === 'conversation' ? messages.deleteConversation(scope.conversationId) : 0,
    },
    {
      keeps: 'attachments',
      erase: async (scope) => {
        if (scope.kind !== 'conversation') return 0;
        const { conversationId } = scope;
        const ids = await attachments.list(conversationId);
        await floors.remove(
          'attachments',
          ids.map((id) => `${conversationId}.${id}`),
        );
        return attachments.deleteConversation(conversationId);
      },
    },
    {
      keeps: 'profiles',
      erase: async (scope) =>
        scope.kind === 'conversation' && (await profiles.delete(scope.conversationId)) ? 1 : 0,
    },
    {
      keeps: 'activity',
      erase: async (scope) => {
        if (scope.kind === 'conversation') return 0;
        await flushActivity();
        return activity.deleteOf(scope);
      },
    },
    {
      keeps: 'presence',
      erase: async (scope) => (scope.kind === 'account' ? presence.deleteAccount(scope.accountId) : 0),
    },
    {
      keeps: 'audit',
      erase: async (scope) => {
        if (scope.kind !== 'account') return 0;
        const deleted = await audit.deleteAccount(scope.accountId);
        await floors.remove('auditChains', [scope.accountId]);
        return deleted;
      },
    },
    ...entityErasables(entities),
  ];
}

/** Each kind of entity by the scopes that its indexed fields name. */
function entityErasables(entities: EntityStores): readonly Erasable[] {
  const kinds = Object.keys(ENTITY_SPECS) as (keyof EntityStores)[];
  return kinds
    .filter((kind) => ENTITY_SPECS[kind].outlives !== true)
    .map((kind) => ({
      keeps: kind,
      erase: async (scope) => {
        const where = conditionOf(scope);
        const known = Object.keys(where).every((field) => ENTITY_SPECS[kind].indexed.includes(field));
        return known ? entities[kind].deleteWhere(where) : 0;
      },
    }));
}

/** The narrowest field of the scope; its id is unique in the deployment. */
function conditionOf(scope: ErasureScope): Readonly<Record<string, string>> {
  switch (scope.kind) {
    case 'conversation':
      return { conversationId: scope.conversationId };
    case 'session':
      return { sessionId: scope.sessionId };
    case 'account':
      return { accountId: scope.accountId };
  }
}
