import type { Http } from '../../api/http.ts';
import type { Session } from '../../api/session.ts';
import type { Store } from '../../live/store.ts';
import type { Preferences } from './preferences.ts';
import type { Router } from './router.ts';

/** What lives as long as the page. */
export interface PageServices {
  readonly session: Session;
  readonly http: Http;
  readonly router: Router;
  readonly preferences: Store<Preferences>;
}
