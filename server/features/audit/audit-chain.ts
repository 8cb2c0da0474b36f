import {
  AUDIT_START,
  type AuditChain,
  type AuditEntry,
  type AuditLink,
  type AuditPoint,
  auditLinkText,
} from '../../domain/index.ts';
import type { Cipher } from '../../ports/index.ts';

/** Where a chain goes on: the last link's number and hash. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** What {@link AuditChainer.check} can find wrong with a chain. */
export type ChainFault =
  /** There are links and no head, or the account has neither. */
  | 'head_missing'
  /** The head or the checkpoint was not written by this deployment. */
  | 'anchor_forged'
  /** A link is not what was written, or not in its place. */
  | 'altered'
  | 'missing'
  /** The newest links are gone. */
  | 'truncated';

/** Makes and checks the links of audit chains; the key is the deployment's own and never in the same store. */
export class AuditChainer {
  readonly #cipher: Cipher;
  readonly #key: () => Promise<Uint8Array>;

  constructor(cipher: Cipher, key: () => Promise<Uint8Array>) {
    this.#cipher = cipher;
    this.#key = key;
  }

  /** The entries as links behind `end`, in their order. */
  link(end: ChainEnd, entries: readonly AuditEntry[]): readonly AuditLink[] {
    let { seq, hash: previous } = end;
    return entries.map((entry) => {
      seq += 1;
      const place = { ...entry, seq, previous };
      const link = { ...place, hash: this.hashOf(place) };
      previous = link.hash;
      return link;
    });
  }

  hashOf(link: Omit<AuditLink, 'hash'>): string {
    return hex(this.#cipher.hash(Buffer.from(auditLinkText(link), 'utf8')));
  }

  /** The place with a MAC that says whose it is and what it stands for. */
  async point(kind: 'head' | 'base', accountId: string, { seq, hash }: ChainEnd): Promise<AuditPoint> {
    const what = Buffer.from(`audit-${kind}\n${accountId}\n${seq}\n${hash}`, 'utf8');
    return { seq, hash, mac: hex(this.#cipher.mac(await this.#key(), what)) };
  }

  async isGenuine(kind: 'head' | 'base', accountId: string, point: AuditPoint): Promise<boolean> {
    const expected = await this.point(kind, accountId, point);
    return this.#cipher.equal(Buffer.from(expected.mac), Buffer.from(point.mac));
  }

  /** Where the kept part of a chain begins; undefined when its head or checkpoint is forged. */
  async beginningOf({ accountId, head, base }: AuditChain): Promise<ChainEnd | undefined> {
    if (!(await this.isGenuine('head', accountId, head))) return undefined;
    if (base === undefined) return AUDIT_START;
    return (await this.isGenuine('base', accountId, base)) ? base : undefined;
  }

  /** What is wrong with a link that should follow `end`, if anything. */
  faultOf(link: AuditLink, end: ChainEnd, head: AuditPoint): 'missing' | 'altered' | undefined {
    if (link.seq > end.seq + 1) return 'missing';
    const { hash, ...place } = link;
    const whole = link.seq === end.seq + 1 && link.previous === end.hash && this.hashOf(place) === hash;
    if (!whole) return 'altered';
    return link.seq === head.seq && hash !== head.hash ? 'altered' : undefined;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
