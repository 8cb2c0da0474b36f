import {
  type CertificateStatement,
  canonicalJson,
  DAY_MS,
  type ErasedScope,
  type ErasureCertificate,
  Refusal,
} from '../../domain/index.ts';
import type { Clock, EntityStore, Ids, Signer, StorePage } from '../../ports/index.ts';

/** Five years: longer than claims about an erasure are raised, and no longer. */
export const CERTIFICATE_KEPT_MS: number = 1_826 * DAY_MS;

export interface CertificatesDeps {
  readonly store: EntityStore<ErasureCertificate>;
  /** The deployment's signing key; it is made at first use. */
  readonly signer: () => Promise<Signer>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** An erasure that has been done. Times are epoch milliseconds. */
export interface DoneErasure {
  /** Given when it was chosen beforehand, so that doing it again after a crash makes no second certificate. */
  readonly id?: string | undefined;
  readonly accountId: string;
  readonly scope: ErasedScope;
  readonly erasedBy: CertificateStatement['erasedBy'];
  readonly startedAt: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** Signed proofs of what was erased: what, when, by whom, how much, and nothing of what it was. */
export class Certificates {
  readonly #deps: CertificatesDeps;

  constructor(deps: CertificatesDeps) {
    this.#deps = deps;
  }

  async issue(done: DoneErasure): Promise<ErasureCertificate> {
    const { store, ids, clock } = this.#deps;
    const id = done.id ?? ids.id();
    const standing = await store.get(id);
    if (standing !== undefined) return standing;
    const now = clock.now();
    const { accountId, scope, erasedBy, startedAt, counts } = done;
    const certificate: ErasureCertificate = {
      id,
      accountId,
      version: 1,
      createdAt: now,
      updatedAt: now,
      expiresAt: now + CERTIFICATE_KEPT_MS,
      ...(await this.#sign({
        type: 'erasure-certificate.1',
        id,
        accountId,
        scope,
        erasedBy,
        startedAt: new Date(startedAt).toISOString(),
        finishedAt: new Date(now).toISOString(),
        counts,
      })),
    };
    await store.insert(certificate);
    return certificate;
  }

  /** Newest first. */
  list(
    accountId: string,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<StorePage<ErasureCertificate>> {
    const page = { where: { accountId }, newestFirst: true, limit };
    return this.#deps.store.list({ ...page, ...(cursor !== undefined && { cursor }) });
  }

  /** @throws Refusal `not_found` */
  async get(accountId: string, id: string): Promise<ErasureCertificate> {
    const certificate = await this.#deps.store.get(id);
    if (certificate?.accountId !== accountId) throw new Refusal('not_found');
    return certificate;
  }

  /** That of an account that is erased, by the certificate's id. @throws Refusal `not_found` */
  async ofAccount(id: string): Promise<ErasureCertificate> {
    const certificate = await this.#deps.store.get(id);
    if (certificate?.statement.scope.kind !== 'account') throw new Refusal('not_found');
    return certificate;
  }

  /** What certificates of this deployment are checked with. */
  async publicKey(): Promise<{ algorithm: 'Ed25519'; keyId: string; publicKey: string }> {
    const { keyId, publicKey } = await this.#deps.signer();
    return { algorithm: 'Ed25519', keyId, publicKey };
  }

  async #sign(
    statement: CertificateStatement,
  ): Promise<Pick<ErasureCertificate, 'statement' | 'signature' | 'keyId'>> {
    const signer = await this.#deps.signer();
    return { statement, signature: signer.sign(canonicalJson(statement)), keyId: signer.keyId };
  }
}
