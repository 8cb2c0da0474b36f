import type { AuditVerification } from '../../../shared/protocol/index.ts';
import type { AuditChain } from '../../domain/index.ts';
import { type AuditStore, type Clock, IntegrityError } from '../../ports/index.ts';
import type { AuditChainer, ChainEnd, ChainFault } from './audit-chain.ts';
import type { AuditFloors } from './audit-floors.ts';

/** Links read and checked at once. */
const STEP = 500;

type Finding = Pick<AuditVerification, 'entries'> & {
  readonly end?: ChainEnd;
  readonly fault?: { readonly kind: ChainFault; readonly seq: number };
};

export interface AuditVerifierDeps {
  readonly store: AuditStore;
  readonly chainer: AuditChainer;
  readonly floors: Pick<AuditFloors, 'auditReach'>;
  readonly clock: Clock;
}

/** Checks a whole chain: every link against the one before it, its beginning and its end against their MACs. */
export class AuditVerifier {
  readonly #deps: AuditVerifierDeps;

  constructor(deps: AuditVerifierDeps) {
    this.#deps = deps;
  }

  /**
   * What stands is judged as of the moment of the call; entries that are added meanwhile do no harm.
   * `head` is an earlier answer's, kept elsewhere: a store put back to an older copy as a whole shows by it alone.
   */
  async verify(accountId: string, head?: ChainEnd): Promise<AuditVerification> {
    const { store, clock } = this.#deps;
    // First how long it was known to be: what is written meanwhile is beyond that.
    const noted = await this.#reachOf(accountId);
    const chain = await store.chain(accountId);
    const [{ entries, fault, end }, unchained] = await Promise.all([
      chain === undefined ? headless(accountId, store) : this.#walk(chain, { noted, witness: head }),
      store.unchained(accountId),
    ]);
    return {
      ok: fault === undefined,
      entries,
      unchained,
      checkedAt: new Date(clock.now()).toISOString(),
      ...(end !== undefined && { head: { seq: end.seq, hash: end.hash } }),
      ...(chain?.base !== undefined && { purgedUpTo: chain.base.seq }),
      ...(fault !== undefined && { fault }),
    };
  }

  /** `noted`: how long it was, at least; undefined when the note was altered. */
  async #walk(
    chain: AuditChain,
    { noted, witness }: { noted: number | undefined; witness: ChainEnd | undefined },
  ): Promise<Finding> {
    const { store, chainer } = this.#deps;
    const beginning = await chainer.beginningOf(chain);
    const isForged = beginning === undefined || noted === undefined;
    if (isForged) return { entries: 0, fault: { kind: 'anchor_forged', seq: chain.head.seq } };
    let end: ChainEnd = beginning;
    let entries = 0;
    for (;;) {
      const links = await store.read({ accountId: chain.accountId, afterSeq: end.seq, limit: STEP });
      for (const link of links) {
        const kind = chainer.faultOf(link, end, chain.head) ?? contradicts(link, witness);
        if (kind !== undefined) return { entries, end, fault: { kind, seq: end.seq + 1 } };
        end = { seq: link.seq, hash: link.hash };
        entries += 1;
      }
      if (links.length < STEP) break;
    }
    const reach = Math.max(chain.head.seq, witness?.seq ?? 0, noted);
    if (end.seq < reach) return { entries, end, fault: { kind: 'truncated', seq: end.seq + 1 } };
    // The head moves with the links: one that is behind was put back.
    return chain.head.seq < noted
      ? { entries, end, fault: { kind: 'anchor_forged', seq: chain.head.seq } }
      : { entries, end };
  }

  async #reachOf(accountId: string): Promise<number | undefined> {
    try {
      return await this.#deps.floors.auditReach(accountId);
    } catch (error) {
      if (error instanceof IntegrityError) return undefined;
      throw error;
    }
  }
}

/** An account has an entry from its first moment on, so a chain that is not there was taken away. */
async function headless(accountId: string, store: AuditStore): Promise<Finding> {
  const first = await store.last(accountId);
  return { entries: 0, fault: { kind: 'head_missing', seq: first?.seq ?? 1 } };
}

function contradicts(link: ChainEnd, witness: ChainEnd | undefined): 'altered' | undefined {
  return witness?.seq === link.seq && witness.hash !== link.hash ? 'altered' : undefined;
}
