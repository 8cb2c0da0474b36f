import type { Broadcaster } from '../../ports/index.ts';
import type { ClusterStream } from './cluster-stream.ts';
import type { Peers } from './peers.ts';
import type { RollCall } from './roll-call.ts';

const TOPIC = 'live';

/** What goes to sockets wherever they are. */
const RELAYED = [
  'toVisitor',
  'toAgent',
  'toChat',
  'toStaff',
  'toFollowers',
  'toQueue',
  'toDepartment',
  'endWatching',
  'disconnectAgent',
  'disconnectSite',
  'disconnectSignIn',
] as const satisfies readonly (keyof Broadcaster)[];

type Relayed = (typeof RELAYED)[number];
type Relay = (...args: readonly unknown[]) => void;

export interface ClusterBroadcasterDeps {
  /** The sockets of this node. */
  readonly local: Broadcaster;
  readonly stream: ClusterStream;
  readonly peers: Peers;
  readonly rollCall: RollCall;
  /** Accounts whose live visitors somebody has followed from this node. */
  readonly followed: Set<string>;
}

/**
 * Live events to the sockets of this node at once, whether Redis is there or not, and to those of the other nodes over
 * the stream, sealed. While this node is alone nothing is sent.
 */
export function createClusterBroadcaster(deps: ClusterBroadcasterDeps): Broadcaster {
  const { local, stream, peers, rollCall, followed } = deps;
  const relay =
    (name: Relayed): Relay =>
    (...args) => {
      (local[name] as Relay)(...args);
      if (peers.any) stream.publish(TOPIC, [name, args]);
    };
  const relayed = Object.fromEntries(RELAYED.map((name) => [name, relay(name)]));
  return {
    ...(relayed as unknown as Pick<Broadcaster, Relayed>),
    followVisitors: (accountId, socketId) => {
      local.followVisitors(accountId, socketId);
      followed.add(accountId);
      peers.beat();
    },
    watchChat: (conversationId, socketId) => local.watchChat(conversationId, socketId),
    unwatchChat: (conversationId, socketId) => local.unwatchChat(conversationId, socketId),
    hasFollowers: (accountId) => local.hasFollowers(accountId) || peers.follows(accountId),
    visitorOnline: async (sessionId) => (await local.visitorOnline(sessionId)) || rollCall.ask(sessionId),
  };
}

/** Gives the sockets of this node what other nodes have for them. */
export function deliverFromOthers(stream: ClusterStream, local: Broadcaster): void {
  stream.listen(TOPIC, (body) => {
    const [name, args] = body as [Relayed, readonly unknown[]];
    if (RELAYED.includes(name)) (local[name] as Relay)(...args);
  });
}
