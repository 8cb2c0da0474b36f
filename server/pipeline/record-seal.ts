import { canonicalJson } from '../domain/index.ts';
import type { Cipher } from '../ports/index.ts';

/**
 * Authenticates records that the stores keep in plain: a MAC over kind and content under a key of the deployment, which
 * is wrapped by the master key. Without that key nobody can alter a record, or put one in another's place, unseen.
 */
export class RecordSeal {
  readonly #cipher: Cipher;
  readonly #key: () => Promise<Uint8Array>;

  constructor(cipher: Cipher, key: () => Promise<Uint8Array>) {
    this.#cipher = cipher;
    this.#key = key;
  }

  /** Of plain data: text, whole numbers, truth values, lists and objects of them. */
  async mac(kind: string, content: object): Promise<string> {
    return this.#cipher.macText(await this.#key(), `${kind}\n${wellFormed(canonicalJson(content))}`);
  }

  async holds(kind: string, content: object, mac: string | undefined): Promise<boolean> {
    if (typeof mac !== 'string') return false;
    return this.#cipher.equal(Buffer.from(await this.mac(kind, content)), Buffer.from(mac));
  }
}

/** A lone half of a surrogate pair is kept by one technology and replaced by another. */
function wellFormed(json: string): string {
  if (!json.includes('\\ud')) return json;
  const whole = (_key: string, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : value;
  return JSON.stringify(JSON.parse(json, whole));
}
