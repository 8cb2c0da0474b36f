import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { Refusal } from '../../domain/index.ts';
import { IntegrityError, type Logger, type LogText, logId, type Metrics } from '../../ports/index.ts';
import { PROBLEM_TYPE, problemOf, refusalOf, retryAfterSeconds } from './problem.ts';

/** Whatever reaches it has no route. */
export const refuseUnknownPath: RequestHandler = () => {
  throw new Refusal('not_found');
};

/** Answers every error as a problem; one that nobody expected is logged and answered with nothing inside. */
export function answerErrors(deps: { logger: Logger; metrics: Pick<Metrics, 'count'> }): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const expected = refusalOf(error);
    if (expected === undefined || error instanceof IntegrityError || expected.code === 'store.unavailable') {
      deps.logger.error('a request failed', error, { route: routeOf(response) });
      deps.metrics.count('errors_total', { where: 'http' });
    }
    if (response.headersSent) {
      next(error);
      return;
    }
    const refusal = expected ?? new Refusal('internal');
    const problem = problemOf(refusal);
    const retryAfter = retryAfterSeconds(refusal);
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer');
    if (problem.code === 'forbidden') response.removeHeader('Access-Control-Allow-Origin');
    response.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  };
}

/** Method and pattern of the route, as the code names them; the address that was asked for may hold anything. */
function routeOf({ locals }: Response): LogText | undefined {
  return typeof locals.route === 'string' ? logId(locals.route) : undefined;
}
