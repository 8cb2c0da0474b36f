import * as openid from 'openid-client';
import {
  type Identity,
  type IdentityProvider,
  ProviderFailed,
  type ProviderFlow,
} from '../../ports/identity-provider.ts';

const SCOPE = 'openid email';
const TIMEOUT_S = 10;

export interface OpenIdProviderOptions {
  readonly name: string;
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** OpenID Connect by openid-client. The provider is looked up at first use, and again after a failure. */
export function createOpenIdProvider(options: OpenIdProviderOptions): IdentityProvider {
  let found: Promise<openid.Configuration> | undefined;
  const discovered = (): Promise<openid.Configuration> => {
    found ??= discover(options).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
  return {
    name: options.name,
    newSecrets: () => ({ nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() }),
    addressOf: (flow) => orFailed(async () => addressOf(await discovered(), flow)),
    identify: (flow, answer) => orFailed(async () => identify(await discovered(), flow, answer)),
  };
}

async function discover({ issuer, clientId, clientSecret }: OpenIdProviderOptions) {
  // The configuration lets plain HTTP through on this machine alone, for tests and development.
  const execute = issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [];
  const authentication = openid.ClientSecretBasic(clientSecret);
  const how = { execute, timeout: TIMEOUT_S };
  return openid.discovery(issuer, clientId, undefined, authentication, how);
}

async function addressOf(provider: openid.Configuration, flow: ProviderFlow): Promise<string> {
  const { state, nonce, redirectUri, verifier } = flow;
  const address = openid.buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri,
    scope: SCOPE,
    state,
    nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return address.href;
}

async function identify(
  provider: openid.Configuration,
  flow: ProviderFlow,
  { code, issuer }: { code: string; issuer?: string },
): Promise<Identity> {
  const cameBackTo = new URL(flow.redirectUri);
  cameBackTo.searchParams.set('code', code);
  cameBackTo.searchParams.set('state', flow.state);
  if (issuer !== undefined) cameBackTo.searchParams.set('iss', issuer);
  const tokens = await openid.authorizationCodeGrant(provider, cameBackTo, {
    pkceCodeVerifier: flow.verifier,
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new ProviderFailed();
  const told =
    claims.email === undefined
      ? await openid.fetchUserInfo(provider, tokens.access_token, claims.sub)
      : claims;
  const isVerified = typeof told.email === 'string' && told.email_verified === true;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    ...(isVerified && { verifiedEmail: String(told.email).toLowerCase() }),
  };
}

async function orFailed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ProviderFailed ? error : new ProviderFailed(error);
  }
}
