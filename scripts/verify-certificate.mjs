// Checks an erasure certificate without the server, and with nothing but Node:
//   npm run verify-certificate -- FILE [--public-key FILE]
// FILE is what GET /accounts/:a/erasure-certificates/:id answers. Without --public-key the key in the certificate is
// used, which proves that nothing was changed since it was signed, not who signed it.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const USAGE = 'usage: npm run verify-certificate -- FILE [--public-key FILE]';

/** JSON with sorted names and no white space: RFC 8785 for strings and whole numbers. */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}

/** The first 16 hex digits of the SHA-256 of a public key. */
export function keyIdOf(publicKey) {
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

/** What is wrong with the certificate, undefined when nothing is. `pem` is the key to trust. */
export function faultOf(certificate, pem) {
  const { statement, signature, keyId, algorithm } = certificate;
  if (algorithm !== 'Ed25519' || statement?.type !== 'erasure-certificate.1')
    return 'not a certificate of a known kind';
  const publicKey = createPublicKey(pem);
  if (publicKey.asymmetricKeyType !== 'ed25519') return 'the public key is not an Ed25519 key';
  if (keyIdOf(publicKey) !== keyId) return 'signed by another key';
  const signed = Buffer.from(canonicalJson(statement), 'utf8');
  if (!verify(null, signed, publicKey, Buffer.from(signature, 'base64'))) return 'the signature does not fit';
  return statement.id === certificate.id ? undefined : 'the id is not that of the statement';
}

/** A key as PEM, or inside the JSON that GET /certificate-key answers. */
function readKey(path) {
  const text = readFileSync(path, 'utf8');
  return text.trimStart().startsWith('{') ? JSON.parse(text).publicKey : text;
}

function argumentsOf(args) {
  const at = args.indexOf('--public-key');
  if (at === -1) return { file: args[0] };
  return { file: args.filter((_, index) => index !== at && index !== at + 1)[0], keyFile: args[at + 1] };
}

function main() {
  const { file, keyFile } = argumentsOf(process.argv.slice(2));
  if (file === undefined) throw new Error(USAGE);
  const certificate = JSON.parse(readFileSync(file, 'utf8'));
  const fault = faultOf(certificate, keyFile === undefined ? certificate.publicKey : readKey(keyFile));
  if (fault !== undefined) throw new Error(`NOT VALID: ${fault}`);
  const { scope, startedAt, finishedAt, counts } = certificate.statement;
  console.log(`valid: ${scope.kind} erased ${startedAt} to ${finishedAt}`);
  console.log(
    `deleted: ${Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  );
  console.log(`signed by key ${certificate.keyId}`);
  if (keyFile === undefined)
    console.log('the key is the one in the file: compare it with that of the deployment');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
