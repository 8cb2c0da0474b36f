import type {
  EndedSessions,
  RecoveryCodes,
  SecondFactorStatus,
  TotpSetup,
  WireStaffSession,
} from '../../shared/protocol/index.ts';
import type { Http } from './http.ts';

/** The REST calls about the signed-in user's own sign-in. Every method throws ApiError. */
export function createOwnApi(http: Http) {
  const base = '/auth/second-factor';
  return {
    changePassword: (body: { currentPassword: string; newPassword: string }): Promise<void> =>
      http.send('POST', '/auth/password', { body }),
    secondFactor: (): Promise<SecondFactorStatus> => http.get(base),
    setUp: (password: string): Promise<TotpSetup> =>
      http.send('POST', `${base}/setup`, { body: { password } }),
    confirm: (code: string): Promise<RecoveryCodes> =>
      http.send('POST', `${base}/confirm`, { body: { code } }),
    renewRecoveryCodes: (body: { password: string; code: string }): Promise<RecoveryCodes> =>
      http.send('POST', `${base}/recovery-codes`, { body }),
    turnOff: (body: { password: string; code: string }): Promise<void> =>
      http.send('POST', `${base}/off`, { body }),
    sessions: async (): Promise<readonly WireStaffSession[]> =>
      (await http.get<{ items: readonly WireStaffSession[] }>('/auth/sessions')).items,
    endSession: (id: string): Promise<void> =>
      http.send('DELETE', `/auth/sessions/${encodeURIComponent(id)}`),
    endOtherSessions: (): Promise<EndedSessions> => http.send('DELETE', '/auth/sessions'),
  };
}

export type OwnApi = ReturnType<typeof createOwnApi>;
