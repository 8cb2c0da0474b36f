import type {
  CreatedApiToken,
  CreatedPasswordReset,
  EndedSessions,
  SecondFactorStatus,
  WireApiToken,
  WireDepartment,
  WireStaffSession,
  WireUser,
} from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** Roles and limits go together: roles that are given without limits have none. */
export type NewUser = Pick<WireUser, 'email' | 'name' | 'roles' | 'departmentLimits'> & {
  readonly password: string;
};

export type UserChange = Partial<Omit<NewUser, 'email'> & Pick<WireUser, 'disabled'>>;

export type DepartmentDraft = Pick<WireDepartment, 'name' | 'members'>;

export type ApiTokenDraft = Pick<WireApiToken, 'name' | 'scopes' | 'addressRanges'> & {
  /** ISO 8601; null: until it is removed. */
  readonly expiresAt: string | null;
};

type All = <T>(room: string) => Promise<readonly T[]>;

/** The REST calls about the people of an account; `base` is the account's path. */
export function createUserCalls(http: Http, base: string, all: All) {
  const at = (id: string): string => `${base}/users/${encodeURIComponent(id)}`;
  return {
    list: () => all<WireUser>('users'),
    create: (body: NewUser): Promise<WireUser> => http.send('POST', `${base}/users`, { body }),
    change: (id: string, body: UserChange): Promise<WireUser> => http.send('PATCH', at(id), { body }),
    remove: (id: string): Promise<void> => http.send('DELETE', at(id)),
    sessions: async (id: string): Promise<readonly WireStaffSession[]> =>
      (await http.get<{ items: readonly WireStaffSession[] }>(`${at(id)}/sessions`)).items,
    endSessions: (id: string): Promise<EndedSessions> => http.send('DELETE', `${at(id)}/sessions`),
    secondFactor: (id: string): Promise<SecondFactorStatus> => http.get(`${at(id)}/second-factor`),
    removeSecondFactor: (id: string): Promise<void> => http.send('DELETE', `${at(id)}/second-factor`),
    resetPassword: (id: string): Promise<CreatedPasswordReset> =>
      http.send('POST', `${at(id)}/password-reset`),
  };
}

/** The REST calls about departments. */
export function createDepartmentCalls(http: Http, base: string, all: All) {
  const at = (id: string): string => `${base}/departments/${encodeURIComponent(id)}`;
  return {
    list: () => all<WireDepartment>('departments'),
    create: (body: DepartmentDraft): Promise<WireDepartment> =>
      http.send('POST', `${base}/departments`, { body }),
    change: (id: string, body: DepartmentDraft): Promise<WireDepartment> =>
      http.send('PATCH', at(id), { body }),
    remove: (id: string): Promise<void> => http.send('DELETE', at(id)),
  };
}

/** The REST calls about keys for scripts. */
export function createApiTokenCalls(http: Http, base: string, all: All) {
  const at = (id: string): string => `${base}/api-tokens/${encodeURIComponent(id)}`;
  return {
    list: () => all<WireApiToken>('api-tokens'),
    create: (body: ApiTokenDraft): Promise<CreatedApiToken> =>
      http.send('POST', `${base}/api-tokens`, { body }),
    change: (id: string, body: Partial<ApiTokenDraft>): Promise<WireApiToken> =>
      http.send('PATCH', at(id), { body }),
    remove: (id: string): Promise<void> => http.send('DELETE', at(id)),
  };
}
