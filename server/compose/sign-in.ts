import { createPasswordPolicy } from '../adapters/crypto/password-policy.ts';
import { createTokenSigner } from '../adapters/crypto/token-signer.ts';
import { createOneTimeCodes } from '../adapters/crypto/totp.ts';
import { createOpenIdProvider } from '../adapters/oidc/openid-provider.ts';
import { inAddressRanges } from '../adapters/system/address-ranges.ts';
import { REFUSAL_LIMITS, SIGN_IN_LIMITS, scaled } from '../edge/http/limits.ts';
import type { Access } from '../features/access/index.ts';
import { ApiTokens } from '../features/api-tokens/index.ts';
import type { Audit, RefusedAccess } from '../features/audit/index.ts';
import {
  createAuth,
  createHashNewPassword,
  createPasswordCheck,
  OwnSecurity,
  PasswordResets,
  ProviderSignIn,
  SecondFactors,
  SecondStep,
  SignInNotes,
  SignIns,
  UserEnd,
} from '../features/auth/index.ts';
import type { AccountSettingsReader } from '../features/settings/account-settings.ts';
import type { SecretBox } from '../pipeline/secret-box.ts';
import type { RateLimiter } from '../ports/index.ts';
import type { Foundation } from './foundation.ts';

export interface SignInParts {
  readonly audit: Audit;
  readonly access: Access;
  readonly refusals: RefusedAccess;
  readonly rateLimiter: RateLimiter;
  readonly settings: AccountSettingsReader;
  readonly secretBox: SecretBox;
}

/** How staff show who they are. */
export function composeSignIn(base: Foundation, parts: SignInParts) {
  const { stores, clock, ids, broadcaster, config, secrets, logger, passwords } = base;
  const { oidc } = config.signIn;
  const { audit, access, refusals, rateLimiter, settings, secretBox: box } = parts;
  const { users, secondFactors: factors, passwordResets: resets } = stores.entities;
  const limit = (name: keyof typeof SIGN_IN_LIMITS) => scaled(SIGN_IN_LIMITS[name], config.limits.rateFactor);
  const failures = scaled(REFUSAL_LIMITS.failedSignIns, config.limits.rateFactor);
  const tokens = createTokenSigner({ secret: secrets.jwtSecret, clock });
  const policy = createPasswordPolicy();
  const hashNewPassword = createHashNewPassword({ passwords, policy });
  const notes = new SignInNotes({ audit, rateLimiter, failures });
  const signIns = new SignIns({ stores, access, tokens, broadcaster, notes, ids, clock });
  const secondFactors = new SecondFactors({
    secondFactors: factors,
    settings,
    box,
    codes: createOneTimeCodes(),
    rateLimiter,
    limit: limit('perCode'),
    ids,
    clock,
  });
  const secondStep = new SecondStep({ users, signIns, secondFactors, tokens, notes, audit, clock });
  const limits = { perEmailAndAddress: limit('perEmailAndAddress'), perEmail: limit('perEmail') };
  const apiTokens = new ApiTokens({
    tokens: stores.entities.apiTokens,
    fingerprint: tokens.fingerprint,
    inAddressRanges,
    audit,
    ids,
    clock,
  });
  const auth = createAuth({
    users,
    access,
    refusals,
    signIns,
    notes,
    apiTokens,
    secondStep,
    tokens,
    passwords,
    rateLimiter,
    limits,
    clock,
  });
  const passwordCheck = createPasswordCheck({ passwords, rateLimiter, limit: limit('perPasswordAgain') });
  return {
    tokens,
    passwords,
    policy,
    hashNewPassword,
    auth,
    signIns,
    userEnd: new UserEnd({ entities: stores.entities, signIns, clock }),
    apiTokens,
    secondFactors,
    secondStep,
    ownSecurity: new OwnSecurity({
      users,
      signIns,
      passwordCheck,
      hashNewPassword,
      secondFactors,
      audit,
      clock,
    }),
    providerSignIn: new ProviderSignIn({
      provider:
        oidc === undefined
          ? undefined
          : createOpenIdProvider({ ...oidc, clientSecret: oidc.clientSecret.reveal() }),
      users,
      flows: stores.entities.identityFlows,
      links: stores.entities.identityLinks,
      secondStep,
      box,
      fingerprint: tokens.fingerprint,
      audit,
      logger,
      ids,
      clock,
    }),
    passwordResets: new PasswordResets({
      users,
      resets,
      tokens,
      hashNewPassword,
      signIns,
      audit,
      ids,
      clock,
    }),
  };
}
