import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Clock, Logger } from '../../ports/index.ts';

const LOOK_AGAIN_MS = 60_000;
const MIN_VERSION = 'TLSv1.2';

export interface CertificateFiles {
  /** PEM: the certificate, and those that lead to one that browsers know. */
  readonly certFile: string;
  /** PEM. */
  readonly keyFile: string;
}

/** What a TLS server is made with. @throws Error when the files cannot be read or do not belong together */
export function readCertificate({ certFile, keyFile }: CertificateFiles): SecureContextOptions {
  const options = {
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    minVersion: MIN_VERSION,
  } as const;
  // Made once to see that it can be: a server would take any bytes and fail at each connection.
  createSecureContext(options);
  return options;
}

/**
 * Gives a server its renewed certificate, without a restart: when a file has changed, looked at every minute, or when
 * `reload` is called. One that cannot be used is logged, and the one at hand stays.
 */
export function keepCertificateFresh(
  server: Server,
  files: CertificateFiles,
  deps: { readonly clock: Clock; readonly logger: Logger },
): { reload(): void; close(): void } {
  let seen = stampOf(files);
  const reload = (): void => {
    try {
      server.setSecureContext(readCertificate(files));
      deps.logger.info('the certificate was read again');
    } catch (error) {
      deps.logger.error('the certificate cannot be read again, the old one stays', error);
    }
  };
  const stop = deps.clock.every(LOOK_AGAIN_MS, () => {
    const now = stampOf(files);
    if (now === seen) return;
    seen = now;
    reload();
  });
  return { reload, close: stop };
}

/** Changes with either file; a file that is away for a moment, while it is replaced, counts as it was not there. */
function stampOf({ certFile, keyFile }: CertificateFiles): string {
  return [certFile, keyFile]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 'away')
    .join(' ');
}
