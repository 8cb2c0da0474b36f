import type { Page, WireAccessGrant, WireAuthorization, WireRole } from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** A role as an administrator writes it. */
export interface RoleDraft {
  readonly name: string;
  /** Empty when there is nothing to say. */
  readonly about: string;
  readonly authorizations: readonly string[];
  /** Roles that it contains: keys and ids. */
  readonly roles: readonly string[];
}

export interface GrantDraft {
  /** E-mail address of an operator. */
  readonly operator: string;
  readonly roles: readonly string[];
  readonly reason: string;
  /** ISO 8601 */
  readonly until: string;
}

/** The REST calls about who may do what; `base` is the account's path. */
export function createAccessCalls(http: Http, base: string, all: <T>(room: string) => Promise<readonly T[]>) {
  const role = (id: string): string => `${base}/roles/${encodeURIComponent(id)}`;
  return {
    authorizations: (): Promise<Page<WireAuthorization>> => http.get(`${base}/authorizations`),
    roles: () => all<WireRole>('roles'),
    createRole: (body: RoleDraft): Promise<WireRole> => http.send('POST', `${base}/roles`, { body }),
    changeRole: (id: string, body: RoleDraft): Promise<WireRole> => http.send('PATCH', role(id), { body }),
    removeRole: (id: string): Promise<void> => http.send('DELETE', role(id)),
    grants: () => all<WireAccessGrant>('access-grants'),
    grant: (body: GrantDraft): Promise<WireAccessGrant> =>
      http.send('POST', `${base}/access-grants`, { body }),
    revoke: (id: string): Promise<void> =>
      http.send('DELETE', `${base}/access-grants/${encodeURIComponent(id)}`),
  };
}
