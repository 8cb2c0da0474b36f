import type { Entity } from '../domain/index.ts';
import {
  type Cipher,
  type Clock,
  ENTITY_SPECS,
  type EntityStores,
  type Logger,
  type Metrics,
  type RawStores,
  type Stores,
} from '../ports/index.ts';
import { EntityFloors } from './entity-floors.ts';
import { Floors } from './floors.ts';
import { ACTIVITY, GuardedActivity } from './guarded-activity.ts';
import { GuardedConversations } from './guarded-conversations.ts';
import { GuardedEntities } from './guarded-entities.ts';
import { GuardedErasureList } from './guarded-erasure-list.ts';
import { GuardedPresence } from './guarded-presence.ts';
import { GuardedRetention } from './guarded-retention.ts';
import { LateFloors } from './late-floors.ts';
import { RecordAlarm } from './record-alarm.ts';
import { RecordSeal } from './record-seal.ts';

export interface GuardDeps {
  readonly stores: RawStores;
  readonly cipher: Cipher;
  /** The deployment's key for records, wrapped by the master key. */
  readonly key: () => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'count'>;
}

/** The stores as they are and as the server uses them, with what stands between the two. */
export interface Guard {
  readonly raw: RawStores;
  readonly stores: Stores;
  readonly floors: Floors;
  /** Floors of records, with those that are not written yet. */
  readonly records: LateFloors;
  readonly alarm: RecordAlarm;
  readonly entities: { readonly [Kind in keyof EntityStores]: GuardedEntities<Entity> };
  readonly conversations: GuardedConversations;
  readonly erasureList: GuardedErasureList;
  readonly presence: GuardedPresence;
  readonly activity: GuardedActivity;
}

/** Puts a MAC on every record that the stores keep in plain, and a floor under it, and checks both where it is read. */
export function guardStores({ stores, cipher, key, clock, logger, metrics }: GuardDeps): Guard {
  const seal = new RecordSeal(cipher, key);
  const alarm = new RecordAlarm({ logger, metrics });
  const { dataKeys } = stores;
  const records = new LateFloors(stores.floors);
  const floors = new Floors({ dataKeys, records, seal, clock, logger });
  const kinds = Object.keys(ENTITY_SPECS) as (keyof EntityStores)[];
  const guarded = kinds.map((kind) => {
    const inner = stores.entities[kind] as EntityStores['accounts'];
    const of = { kind, spec: ENTITY_SPECS[kind] };
    const ofKind = new EntityFloors(of, { seal, floors: records, clock });
    return [kind, new GuardedEntities(inner, of, { seal, floors: ofKind, alarm })] as const;
  });
  const entities = Object.fromEntries(guarded) as unknown as Guard['entities'];
  const conversations = new GuardedConversations(stores.conversations, { seal, floors, alarm });
  const isAccount = async (id: string) => (await stores.entities.accounts.get(id)) !== undefined;
  const presence = new GuardedPresence(stores.presence, { seal, alarm, isAccount });
  const ofActivity = new EntityFloors(
    { kind: ACTIVITY, spec: { busy: true } },
    { seal, floors: records, clock },
  );
  const activity = new GuardedActivity(stores.activity, { seal, alarm, floors: ofActivity });
  const erasureList = new GuardedErasureList(stores.erasureList, { seal, alarm });
  return {
    raw: stores,
    stores: {
      ...stores,
      conversations,
      entities: entities as unknown as EntityStores,
      erasureList,
      presence,
      activity,
      floors: records,
      retention: new GuardedRetention(stores.retention, { entities, activity, raw: stores, floors: records }),
    },
    floors,
    records,
    alarm,
    entities,
    conversations,
    erasureList,
    presence,
    activity,
  };
}
