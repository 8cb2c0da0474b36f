import { type Cipher, IntegrityError } from '../../ports/index.ts';

/** Nodes whose keys are at hand; more than a cluster has, so that made-up names cost no memory. */
const REMEMBERED_NODES = 256;

/** One thing that a node tells the others. */
export interface Notice {
  readonly topic: string;
  readonly body: unknown;
}

interface Peer {
  readonly key: Uint8Array;
  /** Number of the last entry of theirs. */
  last: number;
}

/**
 * Seals what lies in Redis with AES-256-GCM, under a key for each start of each node, so that none seals more than
 * random nonces are good for. The number in each entry turns away what comes twice, by a retry or by somebody's hand.
 */
export class EntrySeal {
  readonly #cipher: Cipher;
  readonly #clusterKey: Uint8Array;
  readonly #nodeId: string;
  readonly #peers = new Map<string, Peer>();
  #count = 0;
  /** Deployments that share a Redis have different keys, and so different streams. */
  readonly streamName: string;

  constructor(deps: { cipher: Cipher; clusterKey: Uint8Array; nodeId: string }) {
    this.#cipher = deps.cipher;
    this.#clusterKey = deps.clusterKey;
    this.#nodeId = deps.nodeId;
    this.streamName = this.nameOf('stream');
  }

  /** Two deployments never have a name in common, and nobody else can tell what one stands for. */
  nameOf(what: string): string {
    return `engagement:${this.#cipher.macText(this.#clusterKey, `name\n${what}`)}`;
  }

  close(notices: readonly Notice[]): { from: string; sealed: Uint8Array } {
    this.#count += 1;
    const plain = JSON.stringify([this.#count, notices.map(({ topic, body }) => [topic, body])]);
    const { key } = this.#peer(this.#nodeId);
    return { from: this.#nodeId, sealed: this.#cipher.seal(key, Buffer.from(plain), context(this.#nodeId)) };
  }

  open(from: string, sealed: Uint8Array): readonly Notice[] | 'own' | 'known' | 'strange' {
    if (from === this.#nodeId) return 'own';
    const peer = this.#peer(from);
    try {
      const plain = this.#cipher.open(peer.key, sealed, context(from));
      const [number, notices] = JSON.parse(Buffer.from(plain).toString()) as [number, [string, unknown][]];
      if (number <= peer.last) return 'known';
      peer.last = number;
      return notices.map(([topic, body]) => ({ topic, body }));
    } catch (error) {
      if (error instanceof IntegrityError || error instanceof SyntaxError) return 'strange';
      throw error;
    }
  }

  #peer(nodeId: string): Peer {
    const known = this.#peers.get(nodeId);
    if (known !== undefined) return known;
    const peer = { key: this.#cipher.mac(this.#clusterKey, context(nodeId)), last: 0 };
    if (this.#peers.size >= REMEMBERED_NODES) this.#forgetStrangest();
    this.#peers.set(nodeId, peer);
    return peer;
  }

  /** A name under which nothing ever opened, or else the oldest. */
  #forgetStrangest(): void {
    const names = [...this.#peers.keys()].filter((name) => name !== this.#nodeId);
    const victim = names.find((name) => this.#peers.get(name)?.last === 0) ?? names[0];
    if (victim !== undefined) this.#peers.delete(victim);
  }
}

function context(nodeId: string): Uint8Array {
  return Buffer.from(`node\n${nodeId}`);
}
