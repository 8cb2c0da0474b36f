import { hash, verify } from '@node-rs/argon2';
import type { Passwords } from '../../ports/passwords.ts';

/**
 * argon2id with the parameters of OWASP's Password Storage Cheat Sheet: 19 MiB of memory, 2 passes, 1 lane.
 * A hash names its parameters, so older ones stay good when these change.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

/** A well-formed hash of no password: 16 bytes of salt, 32 zero bytes in place of the result. */
const NOBODY = [
  '$argon2id$v=19',
  `m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}`,
  unpadded(new Uint8Array(16).fill(1)),
  unpadded(new Uint8Array(PARAMETERS.outputLen)),
].join('$');

/** Passwords by argon2id, on the thread pool: the event loop is not held up. `check` compares password and hash. */
export function createPasswordHasher(check: typeof verify = verify): Passwords {
  return {
    hash: (password) => hash(password, PARAMETERS),
    verify: async (hashed, password) => {
      const matches = await check(hashed ?? NOBODY, password);
      return hashed !== undefined && matches;
    },
  };
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}
