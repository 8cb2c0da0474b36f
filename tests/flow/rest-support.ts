import { SystemClock } from '../../server/adapters/system/system-clock.ts';
import { restRoutes, type UseCases } from '../../server/edge/http/routes/index.ts';
import type { Clock } from '../../server/ports/index.ts';
import { problemSchema } from '../../shared/schemas/rest/index.ts';
import type { TestServer } from '../support/server.ts';

/** A clock that runs as the system's does, and can be put forward by days without running every timer in between. */
export class ShiftedClock implements Clock {
  readonly #system = new SystemClock();
  #shiftMs = 0;

  now(): number {
    return this.#system.now() + this.#shiftMs;
  }

  shift(ms: number): void {
    this.#shiftMs += ms;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#system.after(ms, callback);
  }

  every(ms: number, callback: () => void): () => void {
    return this.#system.every(ms, callback);
  }
}

const ROUTES = restRoutes({} as UseCases);

/** Calls in one account, as one staff member; what is answered must be what the route's record says. */
export interface AccountClient {
  readonly accountId: string;
  call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Body }>;
}

export function accountClient(
  server: TestServer,
  signIn: { readonly accessToken: string; readonly accountId: string },
): AccountClient {
  const { accountId, accessToken } = signIn;
  return {
    accountId,
    call: async (method, path, body) => {
      const answer = await server.call(method, `/accounts/${accountId}${path}`, body, accessToken);
      expectDocumented(method, `/accounts/:a${path}`, answer);
      return answer as never;
    },
  };
}

/** A good answer has the status and exactly the fields of the route's schema; any other is a problem. */
function expectDocumented(method: string, path: string, answer: { status: number; body: unknown }): void {
  const route = ROUTES.find(
    (candidate) => candidate.method === method.toLowerCase() && matches(candidate.path, path),
  );
  if (route === undefined) return;
  if (answer.status >= 400) {
    expect(problemSchema.strict().parse(answer.body).status).toBe(answer.status);
    return;
  }
  expect(answer.status).toBe(route.answer.status);
  if ('schema' in route.answer) expect(route.answer.schema.parse(answer.body)).toEqual(answer.body);
}

/** Exact paths come before those with an id among the records, as in the router. */
function matches(pattern: string, path: string): boolean {
  const bare = path.split('?', 1)[0] ?? path;
  const [names, words] = [pattern.split('/'), bare.split('/')];
  return (
    names.length === words.length &&
    names.every((name, index) => name.startsWith(':') || name === words[index])
  );
}
