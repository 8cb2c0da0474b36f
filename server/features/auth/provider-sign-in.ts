import type {
  BegunProviderSignIn,
  SecondFactorChallenge,
  SignIn,
  WireIdentityProvider,
} from '../../../shared/protocol/index.ts';
import { type IdentityFlow, type IdentityLink, Refusal, type User } from '../../domain/index.ts';
import type { SecretBox } from '../../pipeline/secret-box.ts';
import {
  type Identity,
  type IdentityProvider,
  ProviderFailed,
  type ProviderFlow,
} from '../../ports/identity-provider.ts';
import { type Clock, type EntityStore, type Ids, type Logger, UniqueViolation } from '../../ports/index.ts';
import type { Tokens } from '../../ports/tokens.ts';
import type { Audit } from '../audit/index.ts';
import { noteOf } from './own-security.ts';
import type { SecondStep } from './second-step.ts';

const SEALED_BY = { owner: 'instance', purpose: 'oidc' } as const;
const FLOW_LIFE_MS = 10 * 60_000;
/** Where the provider sends the browser back to: a page of the console. */
const RETURN_PATH = '/console/signed-in';

export interface ProviderSignInDeps {
  /** Undefined: none is configured. */
  readonly provider: IdentityProvider | undefined;
  readonly users: EntityStore<User>;
  readonly flows: EntityStore<IdentityFlow>;
  readonly links: EntityStore<IdentityLink>;
  readonly secondStep: Pick<SecondStep, 'begin'>;
  readonly box: SecretBox;
  readonly fingerprint: Tokens['fingerprint'];
  readonly audit: Pick<Audit, 'record'>;
  readonly logger: Logger;
  readonly ids: Ids;
  readonly clock: Clock;
}

/**
 * Sign-in of staff by an identity provider. It finds users, it makes none and gives them nothing: by the link of an
 * earlier sign-in, else by an e-mail address that the provider has verified.
 */
export class ProviderSignIn {
  readonly #deps: ProviderSignInDeps;

  constructor(deps: ProviderSignInDeps) {
    this.#deps = deps;
  }

  list(): { readonly items: readonly WireIdentityProvider[] } {
    const { provider } = this.#deps;
    return { items: provider === undefined ? [] : [{ name: provider.name }] };
  }

  /**
   * `origin` is the address by which people reach this server. The browser keeps `flow` to itself and shows it at the
   * end, so that nobody can finish in one browser what was begun in another.
   * @throws Refusal `not_found` (none is configured), `auth.provider_failed`
   */
  async begin(origin: string): Promise<BegunProviderSignIn> {
    const { flows, fingerprint, box, ids, clock } = this.#deps;
    const provider = this.#provider();
    const flow = ids.secret();
    const state = fingerprint(flow);
    const begun = { ...provider.newSecrets(), state, redirectUri: `${origin}${RETURN_PATH}` };
    const address = await this.#ask(() => provider.addressOf(begun));
    const now = clock.now();
    await flows.insert({
      id: state,
      version: 1,
      createdAt: now,
      updatedAt: now,
      sealed: await box.seal(SEALED_BY, state, JSON.stringify(begun)),
      expiresAt: now + FLOW_LIFE_MS,
    });
    return { address, flow };
  }

  /** @throws Refusal `auth.challenge_expired`, `auth.provider_failed`, `auth.identity_unknown`, `not_found` */
  async finish(answer: {
    readonly flow: string;
    readonly state: string;
    readonly code: string;
    readonly issuer?: string | undefined;
    readonly client: string;
  }): Promise<SignIn | SecondFactorChallenge> {
    const provider = this.#provider();
    const begun = await this.#take(answer);
    const { code, issuer } = answer;
    const identity = await this.#ask(() =>
      provider.identify(begun, { code, ...(issuer !== undefined && { issuer }) }),
    );
    const user = await this.#userOf(identity);
    if (user === undefined || user.disabled) throw new Refusal('auth.identity_unknown');
    return this.#deps.secondStep.begin(user, answer.client);
  }

  #provider(): IdentityProvider {
    const { provider } = this.#deps;
    if (provider === undefined) throw new Refusal('not_found');
    return provider;
  }

  /** Good once: of two who come with the same one, the store's deletion lets the first through. */
  async #take({ flow, state }: { flow: string; state: string }): Promise<ProviderFlow> {
    const { flows, fingerprint, box, clock } = this.#deps;
    const kept = fingerprint(flow) === state ? await flows.get(state) : undefined;
    const isFirst = kept !== undefined && (await flows.delete(kept.id));
    if (kept === undefined || !isFirst || kept.expiresAt <= clock.now()) {
      throw new Refusal('auth.challenge_expired');
    }
    return JSON.parse(await box.open(SEALED_BY, kept.id, kept.sealed)) as ProviderFlow;
  }

  async #userOf(identity: Identity): Promise<User | undefined> {
    const { links, users, fingerprint, audit } = this.#deps;
    const subjectHash = fingerprint(JSON.stringify([identity.issuer, identity.subject]));
    const link = await links.findBy('subjectHash', subjectHash);
    if (link !== undefined) return users.get(link.userId);
    if (identity.verifiedEmail === undefined) return undefined;
    const user = await users.findBy('email', identity.verifiedEmail);
    if (user === undefined || user.disabled) return undefined;
    await this.#link(user.id, subjectHash);
    await noteOf(audit, user, 'user.identity_linked');
    return user;
  }

  async #link(userId: string, subjectHash: string): Promise<void> {
    const { links, ids, clock } = this.#deps;
    const now = clock.now();
    const link = { id: ids.id(), version: 1, createdAt: now, updatedAt: now, userId, subjectHash };
    await links.insert(link).catch((error: unknown) => {
      // Another tab of the same person was first.
      if (!(error instanceof UniqueViolation)) throw error;
    });
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProviderFailed)) throw error;
      this.#deps.logger.error('the identity provider failed', error.cause);
      throw new Refusal('auth.provider_failed');
    }
  }
}
