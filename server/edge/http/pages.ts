import { join } from 'node:path';
import express, { type NextFunction, type RequestHandler, type Response, Router } from 'express';
import { type Framing, pageSecurity } from './security.ts';

/** Names of built assets hold a hash of their content. */
const IMMUTABLE_SECONDS = 365 * 86_400;
/** The embed script keeps its name, so browsers ask again soon. */
const EMBED_SCRIPT_SECONDS = 300;
const ASSET_PATH = /[\\/]assets[\\/]/;

export interface PagesDeps {
  /** Where the build puts `console/`, `widget/`, `demo/` and `widget.js`. */
  readonly publicDir: string;
  readonly tls: boolean;
  /** Site key for the demonstration page. */
  readonly demoSiteKey: () => Promise<string | undefined>;
  /** Origins that may show the widget of a site; empty: any. */
  readonly embeddingOrigins: (siteKey: string) => Promise<readonly string[] | undefined>;
}

/** The built pages and their files. */
export function pagesRouter(deps: PagesDeps): Router {
  const router = Router();
  const folder = (name: string) => join(deps.publicDir, name);
  const security = (framing: Framing) => pageSecurity({ framing, tls: deps.tls, images: 'blob:' });

  router.get('/', (_request, response) => response.redirect('/demo'));

  router.use('/console', security('none'), files(folder('console')));
  router.get(['/console', '/console/*path'], page(folder('console'), 'index.html'));

  router.use('/demo', security('same-origin'));
  router.get('/demo/config.json', async (_request, response) => {
    const siteKey = await deps.demoSiteKey();
    response.set('Cache-Control', 'no-store').json(siteKey === undefined ? {} : { siteKey });
  });
  router.use('/demo', files(folder('demo')));
  router.get('/demo', page(folder('demo'), 'index.html'));

  router.use('/widget', security('any-site'));
  router.get('/widget/frame.html', restrictEmbedding(deps));
  router.use('/widget', files(folder('widget')));
  router.get('/widget.js', security('any-site'), (_request, response, next) => {
    response.set('Cache-Control', `public, max-age=${EMBED_SCRIPT_SECONDS}`);
    response.sendFile('widget.js', { root: deps.publicDir, cacheControl: false }, onlyErrors(next));
  });
  return router;
}

/** The files of a folder; those with a hash in their name for ever, the others to be asked for again. */
function files(root: string): RequestHandler {
  return express.static(root, {
    index: false,
    redirect: false,
    cacheControl: false,
    setHeaders: (response: Response, path: string) => {
      const isHashed = ASSET_PATH.test(path.slice(root.length));
      response.set(
        'Cache-Control',
        isHashed ? `public, max-age=${IMMUTABLE_SECONDS}, immutable` : 'no-cache',
      );
    },
  });
}

/** One page, also for addresses that it reads itself; a missing asset is no page. */
function page(root: string, file: string): RequestHandler {
  return (request, response, next) => {
    if (ASSET_PATH.test(request.path)) {
      next();
      return;
    }
    response.set('Cache-Control', 'no-cache');
    response.sendFile(file, { root, cacheControl: false }, onlyErrors(next));
  };
}

/** The chat is shown only in pages of the origins that its site lists; the browser enforces it. */
function restrictEmbedding(deps: Pick<PagesDeps, 'embeddingOrigins'>): RequestHandler {
  return async (request, response, next) => {
    const { site } = request.query;
    const origins = typeof site === 'string' ? await deps.embeddingOrigins(site) : undefined;
    if (origins !== undefined && origins.length > 0) {
      const policy = String(response.get('Content-Security-Policy'));
      const listed = `frame-ancestors 'self' ${origins.join(' ')}`;
      response.set('Content-Security-Policy', policy.replace(/frame-ancestors [^;]*/, listed));
    }
    next();
  };
}

/** A file that was sent ends the request; only one that could not be sent goes on. */
function onlyErrors(next: NextFunction): (error?: Error) => void {
  return (error) => {
    if (error !== undefined) next(error);
  };
}
