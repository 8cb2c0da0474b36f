/** What must come back unchanged for a sign-in at a provider to count. */
export interface ProviderFlow {
  /** Sent to the provider and back; not secret. */
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636); never leaves the server before the code is exchanged. */
  readonly verifier: string;
  readonly redirectUri: string;
}

/** Who the provider says that somebody is. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Given only when the provider has verified it. */
  readonly verifiedEmail?: string;
}

/** An OpenID Connect provider that staff can sign in by (authorization code with PKCE). */
export interface IdentityProvider {
  /** For the button. */
  readonly name: string;
  newSecrets(): Pick<ProviderFlow, 'nonce' | 'verifier'>;
  /** Where to send the browser. @throws ProviderFailed */
  addressOf(flow: ProviderFlow): Promise<string>;
  /** Exchanges the code. `issuer` is what came beside it (RFC 9207). @throws ProviderFailed */
  identify(
    flow: ProviderFlow,
    answer: { readonly code: string; readonly issuer?: string },
  ): Promise<Identity>;
}

/** The provider does not answer, or its answer does not hold. `cause` is for the log: it may quote nothing. */
export class ProviderFailed extends Error {
  constructor(cause?: unknown) {
    super('the identity provider failed', { cause });
    this.name = 'ProviderFailed';
  }
}
