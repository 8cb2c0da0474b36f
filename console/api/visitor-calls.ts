import type { WireVisitorDetail } from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** What the console asks over REST of the visitors on an account's sites; `base` is the account's path. */
export function createVisitorCalls(http: Http, base: string) {
  return {
    get: (sessionId: string): Promise<WireVisitorDetail> =>
      http.get(`${base}/visitors/${encodeURIComponent(sessionId)}`),
  };
}
