import type { IdentityAlgorithm } from '../../shared/protocol/index.ts';
import type { AccountEntity } from './entity.ts';

/** What the account's own system signs visitors' identities with. A rotation adds one and removes the one before. */
export interface IdentityKey extends AccountEntity {
  readonly name: string;
  /** The one algorithm that is taken with this key, whatever a token says of itself. */
  readonly algorithm: IdentityAlgorithm;
  /** Of HS256: base64 of nonce, AES-256-GCM ciphertext, tag. */
  readonly sealedSecret?: string;
  /** Of the others: PEM. */
  readonly publicKey?: string;
}
