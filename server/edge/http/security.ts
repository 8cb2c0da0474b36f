import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { Refusal } from '../../domain/index.ts';
import { spokeTls } from '../client-address.ts';

/** Refuses plain HTTP; a trusted proxy says what the client spoke. */
export function requireTls(trustedHops: number): RequestHandler {
  return (request, _response, next) => {
    if (!spokeTls(request, trustedHops)) throw new Refusal('transport.insecure');
    next();
  };
}

/** Which pages may show this one in a frame. */
export type Framing = 'none' | 'same-origin' | 'any-site';

const FRAME_ANCESTORS: Readonly<Record<Framing, string>> = {
  none: "'none'",
  'same-origin': "'self'",
  'any-site': '*',
};

/** Security headers of pages and their files: everything from this origin, nothing inline. */
export function pageSecurity(page: {
  framing: Framing;
  tls: boolean;
  images?: 'data:' | 'blob:';
}): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'img-src': ["'self'", ...(page.images === undefined ? [] : [page.images])],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': [FRAME_ANCESTORS[page.framing]],
      },
    },
    // The embed script and the frame belong into the pages of other sites.
    crossOriginResourcePolicy: { policy: page.framing === 'any-site' ? 'cross-origin' : 'same-origin' },
    crossOriginOpenerPolicy: page.framing === 'any-site' ? false : { policy: 'same-origin' },
    xFrameOptions:
      page.framing === 'any-site' ? false : { action: page.framing === 'none' ? 'deny' : 'sameorigin' },
    strictTransportSecurity: page.tls,
    referrerPolicy: { policy: 'no-referrer' },
  });
}

/** Headers of API answers: data that nobody shows as a page and nothing keeps. */
export function apiSecurity(of: { tls: boolean }): readonly RequestHandler[] {
  const noStore: RequestHandler = (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  };
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
      },
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      xFrameOptions: { action: 'deny' },
      strictTransportSecurity: of.tls,
      referrerPolicy: { policy: 'no-referrer' },
    }),
    noStore,
  ];
}
