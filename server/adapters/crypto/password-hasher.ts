import { hash, verify } from '@node-rs/argon2';
import type { Passwords } from '../../ports/passwords.ts';

/** What a hash costs: memory in KiB, and how often that is gone through. */
export interface PasswordCost {
  readonly memoryCost: number;
  readonly timeCost: number;
}

/**
 * The cost that OWASP's Password Storage Cheat Sheet gives for argon2id with one lane: 19 MiB of memory, 2 passes.
 * A hash names its parameters, so older ones stay good when these change.
 */
const OWASP_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2 };
const LANES = 1;
const HASH_BYTES = 32;

/** Passwords by argon2id, on the thread pool: the event loop is not held up. `check` compares password and hash. */
export function createPasswordHasher({ cost = OWASP_COST, check = verify } = {}): Passwords {
  const nobody = hashOfNobody(cost);
  return {
    hash: (password) => hash(password, { ...cost, parallelism: LANES, outputLen: HASH_BYTES }),
    verify: async (hashed, password) => {
      const matches = await check(hashed ?? nobody, password);
      return hashed !== undefined && matches;
    },
  };
}

/** A well-formed hash of no password: 16 bytes of salt, zero bytes in place of the result. */
function hashOfNobody({ memoryCost, timeCost }: PasswordCost): string {
  return [
    '$argon2id$v=19',
    `m=${memoryCost},t=${timeCost},p=${LANES}`,
    unpadded(new Uint8Array(16).fill(1)),
    unpadded(new Uint8Array(HASH_BYTES)),
  ].join('$');
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}
