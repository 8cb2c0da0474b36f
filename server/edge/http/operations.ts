import { Router } from 'express';
import type { Metrics } from '../../ports/index.ts';

/** Whether the server can take work, and why not. Reasons are names from the code. */
export type HealthCheck = () => Promise<{ readonly ok: boolean; readonly reasons: readonly string[] }>;

/** Probes and metrics. They carry no data and are answered on plain HTTP too, as probes come from inside. */
export function operationsRouter(deps: { health: HealthCheck; metrics: Metrics }): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/health/live', (_request, response) => {
    response.json({ ok: true });
  });
  router.get('/health/ready', async (_request, response) => {
    const health = await deps.health();
    response.status(health.ok ? 200 : 503).json(health);
  });
  router.get('/metrics', async (_request, response) => {
    const { contentType, body } = await deps.metrics.expose();
    response.set('Content-Type', contentType).send(body);
  });
  return router;
}
