/** Signs what others check without a secret: Ed25519 (RFC 8032). */
export interface Signer {
  /** The first 16 hex digits of the SHA-256 of the public key. */
  readonly keyId: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
  /** 64 bytes, base64. */
  sign(text: string): string;
}
