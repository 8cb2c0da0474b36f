import type { SignIn } from './rest.ts';

/** One sign-in of the signed-in user, e.g. a tab of the console. */
export interface WireStaffSession {
  readonly id: string;
  /** Kind of browser and system, e.g. `Firefox on Windows`; no address is kept. */
  readonly client: string;
  readonly createdAt: string;
  /** When its tokens were renewed last, at the most as long ago as an access token lives. */
  readonly lastUsedAt: string;
  /** The one that asks. */
  readonly current: boolean;
}

/** How many sign-ins were ended. */
export interface EndedSessions {
  readonly ended: number;
}

/** What sign-in answers when the password is right and something more is asked. */
export interface SecondFactorChallenge {
  readonly secondFactor: {
    /** `code`: show a code of the app or a recovery code. `setup`: an account asks for a second factor: set one up first. */
    readonly kind: 'code' | 'setup';
    /** Names the sign-in that has begun; good for a few minutes. */
    readonly challenge: string;
    /** Seconds the challenge is good for. */
    readonly expiresIn: number;
  };
}

/** The end of a sign-in with a second factor; `recoveryCodes` when it was set up with it, shown this once. */
export type SecondFactorSignIn = SignIn & { readonly recoveryCodes?: readonly string[] };

/** A secret for an authenticator app. */
export interface TotpSetup {
  /** Base32, to type in. */
  readonly secret: string;
  /** `otpauth://` address, to be shown as a QR code. */
  readonly address: string;
}

export interface RecoveryCodes {
  readonly recoveryCodes: readonly string[];
}

export interface SecondFactorStatus {
  readonly enabled: boolean;
  readonly enabledAt?: string;
  /** An account that the user works for asks for one. */
  readonly required: boolean;
  readonly recoveryCodesLeft: number;
}

/** A way to a new password, to be handed over by a person; shown this once. */
export interface CreatedPasswordReset {
  readonly token: string;
  readonly expiresAt: string;
}

/** An identity provider that staff can sign in by. */
export interface WireIdentityProvider {
  /** For the button. */
  readonly name: string;
}

/** Where to send the browser, and what it keeps to itself until it comes back. */
export interface BegunProviderSignIn {
  readonly address: string;
  readonly flow: string;
}
