import type { Clock, Metrics } from '../../ports/index.ts';
import type { ClusterStream } from './cluster-stream.ts';

const TOPIC = 'peer';
const BEAT_MS = 5_000;
/** Who said nothing for so long, while the link stood, is gone. */
const GONE_MS = 3 * BEAT_MS;
/** Accounts that a node may say are followed there; more than staff of one node follow. */
const MAX_FOLLOWED = 10_000;

/** What a node says of itself. */
interface Beat {
  /** It has just come, and wants to hear who else is there. */
  readonly hello?: true;
  readonly bye?: true;
  /** Accounts whose live visitors somebody follows from there. */
  readonly follows: readonly string[];
}

interface Peer {
  heardAt: number;
  follows: ReadonlySet<string>;
}

/** Who else is in the cluster, by what each says of itself every few seconds. */
export class Peers {
  readonly #stream: ClusterStream;
  readonly #clock: Clock;
  readonly #metrics: Pick<Metrics, 'gauge'>;
  readonly #followed: () => readonly string[];
  readonly #peers = new Map<string, Peer>();
  #stop: () => void = () => {};

  constructor(deps: {
    readonly stream: ClusterStream;
    readonly clock: Clock;
    readonly metrics: Pick<Metrics, 'gauge'>;
    /** Accounts whose live visitors somebody follows from this node. */
    readonly followed: () => readonly string[];
  }) {
    this.#stream = deps.stream;
    this.#clock = deps.clock;
    this.#metrics = deps.metrics;
    this.#followed = deps.followed;
    deps.stream.listen(TOPIC, (body, from) => this.#heard(body as Beat, from));
    deps.stream.onReturn(() => this.#stillThere());
  }

  /** Names of the other nodes. */
  get names(): readonly string[] {
    return [...this.#peers.keys()];
  }

  get any(): boolean {
    return this.#peers.size > 0;
  }

  follows(accountId: string): boolean {
    for (const { follows } of this.#peers.values()) if (follows.has(accountId)) return true;
    return false;
  }

  start(): void {
    this.#say({ hello: true });
    this.#stop = this.#clock.every(BEAT_MS, () => this.beat());
  }

  /** Says at once how things stand here. */
  beat(): void {
    this.#say({});
    if (this.#stream.isUp) this.#forgetGone();
  }

  close(): void {
    this.#stop();
    this.#say({ bye: true });
  }

  #say(more: Omit<Beat, 'follows'>): void {
    this.#stream.publish(TOPIC, { ...more, follows: this.#followed() });
  }

  #heard(beat: Beat, from: string): void {
    if (beat.bye) this.#peers.delete(from);
    else {
      const follows = new Set(beat.follows.slice(0, MAX_FOLLOWED));
      this.#peers.set(from, { heardAt: this.#clock.now(), follows });
    }
    this.#metrics.gauge('cluster_peers', this.#peers.size);
    if (beat.hello) this.beat();
  }

  #forgetGone(): void {
    const before = this.#clock.now() - GONE_MS;
    for (const [name, { heardAt }] of this.#peers) if (heardAt < before) this.#peers.delete(name);
    this.#metrics.gauge('cluster_peers', this.#peers.size);
  }

  /** Nobody could be heard while the link was down. */
  #stillThere(): void {
    for (const peer of this.#peers.values()) peer.heardAt = this.#clock.now();
  }
}
