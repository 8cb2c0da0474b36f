import type { CreatedApiToken, Page, WireApiToken } from '../../../shared/protocol/index.ts';
import {
  API_TOKEN_PREFIX,
  type ApiToken,
  type Authorization,
  DAY_MS,
  PERSONAL_AUTHORIZATIONS,
  type Private,
  Refusal,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { InAddressRanges } from '../../ports/address-ranges.ts';
import type { Clock, EntityStore, Ids } from '../../ports/index.ts';
import type { Tokens } from '../../ports/tokens.ts';
import { presentApiToken } from '../../presenters/api-token-presenter.ts';
import type { Audit } from '../audit/index.ts';

const HINT_LENGTH = 6;
const HOUR_MS = 3_600_000;
const STANDARD_LIFE_MS = 90 * DAY_MS;

export interface ApiTokensDeps {
  readonly tokens: EntityStore<ApiToken>;
  readonly fingerprint: Tokens['fingerprint'];
  readonly inAddressRanges: InAddressRanges;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface ApiTokenChange {
  readonly name?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** Epoch milliseconds; null: until it is removed. */
  readonly expiresAt?: number | null | undefined;
  readonly addressRanges?: readonly string[] | undefined;
}
export type NewApiToken = ApiTokenChange & { readonly name: string; readonly scopes: readonly string[] };

/** Keys for scripts. Refusals: `not_found`, `conflict`, `forbidden` (a scope that one has not oneself), `invalid_value`. */
export class ApiTokens {
  readonly #deps: ApiTokensDeps;

  constructor(deps: ApiTokensDeps) {
    this.#deps = deps;
  }

  /** Oldest first. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireApiToken>> {
    const where = { accountId };
    const page = await this.#deps.tokens.list({ where, limit, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(presentApiToken) };
  }

  async get(staff: StaffPrincipal, id: string): Promise<WireApiToken> {
    return presentApiToken(await this.#find(staff, id));
  }

  /** The answer is the only place where the token itself is ever shown. */
  async create(staff: StaffPrincipal, input: NewApiToken): Promise<CreatedApiToken> {
    const { ids, clock, fingerprint } = this.#deps;
    const secret = ids.secret();
    const token = `${API_TOKEN_PREFIX}${secret}`;
    const now = clock.now();
    const blank: ApiToken = {
      id: ids.id(),
      version: 1,
      createdAt: now,
      updatedAt: now,
      accountId: staff.accountId,
      name: input.name,
      tokenHash: fingerprint(token),
      hint: `${API_TOKEN_PREFIX}${secret.slice(0, HINT_LENGTH)}`,
      scopes: [],
      createdBy: staff.userId,
      addressRanges: [],
      validUntil: now + STANDARD_LIFE_MS,
    };
    const made = this.#changed(staff, blank, input);
    await this.#deps.tokens.insert(made);
    await this.#note(staff, 'api_token.created', made.id);
    return { ...presentApiToken(made), token };
  }

  async change(staff: StaffPrincipal, id: string, change: ApiTokenChange): Promise<WireApiToken> {
    const known = await this.#find(staff, id);
    const changed = this.#changed(staff, known, change);
    const next = { ...changed, version: known.version + 1, updatedAt: this.#deps.clock.now() };
    if (!(await this.#deps.tokens.replace(next))) throw new Refusal('conflict');
    await this.#note(staff, 'api_token.changed', id);
    return presentApiToken(next);
  }

  /** It is refused from the next call on. */
  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    await this.#find(staff, id);
    if (!(await this.#deps.tokens.delete(id))) throw new Refusal('not_found');
    await this.#note(staff, 'api_token.removed', id);
  }

  /** Those of a person who leaves the account: without them they do nothing any more. */
  async removeOf({ accountId, userId }: { accountId: string; userId: string }): Promise<void> {
    await this.#deps.tokens.deleteWhere({ accountId, createdBy: userId });
  }

  /**
   * The token that a call shows, and that it is good now and from there.
   * @throws Refusal `auth.required` (unknown or removed), `auth.api_token_expired`, `auth.address_not_allowed`
   */
  async verify(shown: string, address: Private<string>): Promise<ApiToken> {
    const { tokens, fingerprint, inAddressRanges, clock } = this.#deps;
    const token = await tokens.findBy('tokenHash', fingerprint(shown));
    if (token === undefined) throw new Refusal('auth.required');
    const now = clock.now();
    if (token.validUntil !== undefined && token.validUntil <= now)
      throw new Refusal('auth.api_token_expired');
    if (!inAddressRanges(address.reveal(), token.addressRanges))
      throw new Refusal('auth.address_not_allowed');
    await this.#used(token, now);
    return token;
  }

  /** Written once an hour at the most. One that meets another write is left to the next call. */
  async #used(token: ApiToken, now: number): Promise<void> {
    const lastUsedAt = now - (now % HOUR_MS);
    if (token.lastUsedAt === lastUsedAt) return;
    await this.#deps.tokens.replace({ ...token, lastUsedAt, version: token.version + 1 });
  }

  async #find({ accountId }: StaffPrincipal, id: string): Promise<ApiToken> {
    const token = await this.#deps.tokens.get(id);
    if (token === undefined || token.accountId !== accountId) throw new Refusal('not_found');
    return token;
  }

  #changed(staff: StaffPrincipal, token: ApiToken, change: ApiTokenChange): ApiToken {
    const { validUntil, ...rest } = token;
    const until = change.expiresAt === undefined ? validUntil : (change.expiresAt ?? undefined);
    if (change.expiresAt !== undefined && until !== undefined && until <= this.#deps.clock.now()) {
      throw new Refusal('invalid_value', {
        errors: [{ path: 'expiresAt', message: 'must be in the future' }],
      });
    }
    return {
      ...rest,
      name: change.name ?? token.name,
      scopes: change.scopes === undefined ? token.scopes : grantable(staff, change.scopes),
      addressRanges: change.addressRanges ?? token.addressRanges,
      ...(until !== undefined && { validUntil: until }),
    };
  }

  #note(staff: StaffPrincipal, action: string, id: string): Promise<void> {
    return this.#deps.audit.byStaff(staff, { action, target: { kind: 'api_token', id } });
  }
}

/** Nobody gives a token what they may not do themselves. */
function grantable(staff: StaffPrincipal, scopes: readonly string[]): readonly Authorization[] {
  const mayGive = (scope: string): scope is Authorization =>
    staff.authorizations.has(scope as Authorization) &&
    !staff.lent.has(scope as Authorization) &&
    !PERSONAL_AUTHORIZATIONS.includes(scope as Authorization);
  const given = scopes.filter(mayGive);
  if (given.length < scopes.length) {
    const detail =
      'A token can be given only what you may do yourself, and nothing about users, roles, tokens or accounts.';
    throw new Refusal('forbidden', { detail });
  }
  return given;
}
