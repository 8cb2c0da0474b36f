import express, { type Express, Router } from 'express';
import { API_BASE } from '../../../shared/protocol/index.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import type { Logger, Metrics } from '../../ports/index.ts';
import { docsRouter } from './docs-viewer.ts';
import { answerErrors, refuseUnknownPath } from './errors.ts';
import { createGuard, type GuardDeps } from './guard.ts';
import { mountRoute } from './mount-route.ts';
import { openApiDocument } from './openapi.ts';
import { type HealthCheck, operationsRouter } from './operations.ts';
import { pagesRouter } from './pages.ts';
import { restRoutes, type UseCases } from './routes/index.ts';
import { apiSecurity, requireTls } from './security.ts';
import { UploadGate, type UploadLimits } from './uploads.ts';

export interface HttpAppDeps
  extends Pick<GuardDeps, 'access' | 'rateLimiter' | 'rateLimitFactor' | 'refusals'> {
  readonly useCases: UseCases;
  readonly redactor: Pick<Redactor, 'rulesOf' | 'apply'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthCheck;
  /** Folder of the built pages. */
  readonly publicDir: string;
  /** Proxies in front whose word on the client's address is taken. */
  readonly trustProxyHops: number;
  /** Refuse plain HTTP, and tell browsers to stay with TLS. */
  readonly requireTls: boolean;
  /** The server has a certificate of its own. */
  readonly speaksTls: boolean;
  /** Largest body taken where a route does not say otherwise; stops bodies that fill memory. */
  readonly bodyMaxBytes: number;
  readonly uploads: UploadLimits;
  /** Of the product, for the OpenAPI document. */
  readonly version: string;
}

/** The whole HTTP side: probes, REST interface, its documentation, pages. */
export function createHttpApp(deps: HttpAppDeps): Express {
  const app = express();
  const tls = deps.requireTls || deps.speaksTls;
  app.disable('x-powered-by');
  app.set('etag', 'strong');
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustProxyHops);
  app.use(operationsRouter(deps));
  if (deps.requireTls) app.use(requireTls(deps.trustProxyHops));
  const routes = restRoutes(deps.useCases);
  app.use(docsRouter({ document: () => openApiDocument(routes, deps.version), tls }));
  app.use(API_BASE, ...apiSecurity({ tls }), restRouter(routes, deps));
  app.use(
    pagesRouter({
      publicDir: deps.publicDir,
      tls,
      demoSiteKey: () => deps.useCases.sites.firstSiteKey(),
      embeddingOrigins: (siteKey) => deps.useCases.sites.embeddingOrigins(siteKey),
    }),
  );
  app.use(...apiSecurity({ tls }), refuseUnknownPath);
  app.use(answerErrors(deps));
  return app;
}

function restRouter(routes: HttpRoutes, deps: HttpAppDeps): Router {
  const router = Router({ caseSensitive: true });
  const { auth, accessGrants: grants, visitorSessions } = deps.useCases;
  const guard = createGuard({ ...deps, auth, grants, visitorSessions });
  const uploads = new UploadGate(deps.uploads);
  const { refusals, redactor, bodyMaxBytes } = deps;
  const { audit } = deps.useCases;
  const by = { guard, refusals, audit, redactor, bodyMaxBytes, uploads };
  for (const route of routes) mountRoute(router, route, by);
  router.use(refuseUnknownPath);
  return router;
}

type HttpRoutes = ReturnType<typeof restRoutes>;
