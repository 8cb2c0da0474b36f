import type { KeyVault } from '../../pipeline/key-vault.ts';
import type { Cipher } from '../../ports/index.ts';

const PURPOSE = 'webhook';

/** Seals what belongs to an account's webhooks under the account's key for them; what is sealed knows its place. */
export class WebhookSecrets {
  readonly #vault: Pick<KeyVault, 'namedKey'>;
  readonly #cipher: Cipher;

  constructor(vault: Pick<KeyVault, 'namedKey'>, cipher: Cipher) {
    this.#vault = vault;
    this.#cipher = cipher;
  }

  /** In base64. */
  async seal(accountId: string, place: string, plain: string): Promise<string> {
    const key = await this.#vault.namedKey(accountId, PURPOSE);
    return Buffer.from(this.#cipher.seal(key, Buffer.from(plain), Buffer.from(place))).toString('base64');
  }

  /** @throws IntegrityError */
  async open(accountId: string, place: string, sealed: string): Promise<string> {
    const key = await this.#vault.namedKey(accountId, PURPOSE);
    const plain = this.#cipher.open(key, Buffer.from(sealed, 'base64'), Buffer.from(place));
    return Buffer.from(plain).toString('utf8');
  }

  /** HMAC-SHA-256 in base64. */
  sign(secret: string, text: string): string {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return Buffer.from(this.#cipher.mac(key, Buffer.from(text))).toString('base64');
  }

  /** A new signing secret, as receivers are given it. */
  newSecret(): string {
    return SECRET_PREFIX + Buffer.from(this.#cipher.newKey()).toString('base64');
  }
}

/** How the Standard Webhooks specification writes a symmetric secret. */
const SECRET_PREFIX = 'whsec_';
