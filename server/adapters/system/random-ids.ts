import { randomBytes } from 'node:crypto';
import type { Ids } from '../../ports/index.ts';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const CASE_ID_LENGTH = 8;
/** One draw serves many ids: a call to the system's generator costs far more than the bytes. */
const POOL_BYTES = 4_096;
/** Crockford's Base32: digits and letters without I, L, O and U, which are misread. */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ids from the system's cryptographic generator. */
export class RandomIds implements Ids {
  #pool: Buffer = Buffer.alloc(0);
  #used = 0;

  /** 128 random bits as 22 characters of base64url. */
  id(): string {
    return this.#take(ID_BYTES).toString('base64url');
  }

  /** 40 random bits: not a secret, only a reference. 32 divides 256, so the remainder favours no character. */
  caseId(): string {
    let text = 'C-';
    for (const byte of this.#take(CASE_ID_LENGTH)) text += CROCKFORD[byte % CROCKFORD.length];
    return text;
  }

  secret(): string {
    return randomBytes(SECRET_BYTES).toString('base64url');
  }

  /** Bytes that nobody gets a second time. */
  #take(count: number): Buffer {
    if (this.#used + count > this.#pool.length) {
      this.#pool = randomBytes(POOL_BYTES);
      this.#used = 0;
    }
    this.#used += count;
    return this.#pool.subarray(this.#used - count, this.#used);
  }
}
