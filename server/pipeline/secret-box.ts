import type { Cipher } from '../ports/index.ts';
import type { KeyVault } from './key-vault.ts';

/** Whose key seals: the deployment's or an account's; `purpose` keeps the uses apart. */
export interface SecretBoxOwner {
  readonly owner: string;
  readonly purpose: string;
}

/** Keeps short secrets of the product (of apps, of identity providers) sealed under a named key. */
export class SecretBox {
  readonly #cipher: Cipher;
  readonly #vault: Pick<KeyVault, 'namedKey'>;

  constructor(deps: { readonly cipher: Cipher; readonly vault: Pick<KeyVault, 'namedKey'> }) {
    this.#cipher = deps.cipher;
    this.#vault = deps.vault;
  }

  /** In base64; `id` names what it belongs to, so that it opens nowhere else. */
  async seal({ owner, purpose }: SecretBoxOwner, id: string, secret: string): Promise<string> {
    const key = await this.#vault.namedKey(owner, purpose);
    return Buffer.from(this.#cipher.seal(key, Buffer.from(secret), contextOf(purpose, id))).toString(
      'base64',
    );
  }

  /** @throws IntegrityError */
  async open({ owner, purpose }: SecretBoxOwner, id: string, sealed: string): Promise<string> {
    const key = await this.#vault.namedKey(owner, purpose);
    const opened = this.#cipher.open(key, Buffer.from(sealed, 'base64'), contextOf(purpose, id));
    return Buffer.from(opened).toString('utf8');
  }

  /** Keyed hash of a short code, hex: useless to who has the store without the keys. */
  async mac({ owner, purpose }: SecretBoxOwner, id: string, code: string): Promise<string> {
    const key = await this.#vault.namedKey(owner, purpose);
    return Buffer.from(this.#cipher.mac(key, Buffer.from(`${purpose}\n${id}\n${code}`))).toString('hex');
  }
}

function contextOf(purpose: string, id: string): Uint8Array {
  return Buffer.from(`secret-box\n${purpose}\n${id}`);
}
