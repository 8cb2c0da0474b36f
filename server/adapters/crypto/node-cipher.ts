import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash as digestOf,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import { type Cipher, IntegrityError } from '../../ports/index.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_POOL_BYTES = NONCE_BYTES * 1024;

/**
 * AES-256-GCM, SHA-256 and HMAC-SHA-256 on Node's OpenSSL. Nonces are random (NIST SP 800-38D, 8.2.2), which
 * is safe for 2^32 messages under one key; a data key serves one conversation.
 */
export function createNodeCipher(): Cipher {
  const nextNonce = noncePool();
  return {
    newKey: () => randomBytes(32),
    seal: (key, plain, context) => seal({ key, plain, context, nonce: nextNonce() }),
    open,
    hash: (...parts) => digestOf('sha256', Buffer.concat(parts), 'buffer'),
    mac: (key, data) => createHmac('sha256', key).update(data).digest(),
    macText: (key, data) => createHmac('sha256', key).update(data).digest('base64url'),
    equal: (a, b) => a.byteLength === b.byteLength && timingSafeEqual(a, b),
  };
}

/** Draws random bytes for a thousand nonces at once: one system call instead of a thousand. */
function noncePool(): () => Uint8Array {
  const pool = Buffer.alloc(NONCE_POOL_BYTES);
  let used = NONCE_POOL_BYTES;
  return () => {
    if (used === NONCE_POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += NONCE_BYTES;
    return pool.subarray(used - NONCE_BYTES, used);
  };
}

function seal(input: {
  key: Uint8Array;
  plain: Uint8Array;
  context: Uint8Array;
  nonce: Uint8Array;
}): Uint8Array {
  const cipher = createCipheriv(ALGORITHM, input.key, input.nonce);
  cipher.setAAD(input.context);
  const body = cipher.update(input.plain);
  cipher.final();
  return Buffer.concat([input.nonce, body, cipher.getAuthTag()]);
}

function open(key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Uint8Array {
  if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) throw new IntegrityError();
  const end = sealed.byteLength - TAG_BYTES;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(context);
    decipher.setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
    decipher.final();
    return plain;
  } catch {
    throw new IntegrityError();
  }
}
