import type {
  CreatedIdentityKey,
  IdentityAlgorithm,
  Page,
  WireIdentityKey,
} from '../../../shared/protocol/index.ts';
import {
  assertListed,
  type IdentityKey,
  Refusal,
  type StaffPrincipal,
  type VisitorPrincipal,
} from '../../domain/index.ts';
import type { KeyVault } from '../../pipeline/key-vault.ts';
import type { Cipher, Clock, EntityStore, Ids } from '../../ports/index.ts';
import { type IdentityTokens, TokenRejected, type VerificationKey } from '../../ports/tokens.ts';
import { presentIdentityKey } from '../../presenters/visitor-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { Visitors } from '../visitors/visitors.ts';

/** Two are enough for a rotation; more would only make each check longer. */
const KEYS_PER_ACCOUNT = 10;
const PURPOSE = 'identity-secrets';
/** Claims about the token itself (RFC 7519, 4.1), never a field. */
const REGISTERED: ReadonlySet<string> = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);
const VALUE_LENGTH = 500;

export interface IdentitiesDeps {
  readonly keys: EntityStore<IdentityKey>;
  readonly tokens: IdentityTokens;
  readonly vault: Pick<KeyVault, 'namedKey'>;
  readonly cipher: Cipher;
  readonly visitors: Pick<Visitors, 'updateProfile'>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
}

/**
 * Who a visitor is, as the account's own system says: signed, with an end, and only in fields that the
 * data-processing agreement lists.
 */
export class Identities {
  readonly #deps: IdentitiesDeps;

  constructor(deps: IdentitiesDeps) {
    this.#deps = deps;
  }

  /**
   * The fields that a signed identity speaks of.
   * @throws Refusal `identity.rejected`, `profile.field_not_allowed`
   */
  async read(accountId: string, identity: string): Promise<Readonly<Record<string, string>>> {
    const claims = this.#verified(identity, await this.#verificationKeys(accountId));
    const fields = fieldsOf(claims);
    const { dpa } = await this.#deps.settings.get(accountId);
    assertListed(dpa, fields);
    return fields;
  }

  /** From now on the fields go with the session; a page's script cannot change them. */
  async keep(visitor: VisitorPrincipal, fields: Readonly<Record<string, string>>): Promise<void> {
    await this.#deps.visitors.updateProfile(visitor, fields, { verified: true });
  }

  /** Oldest first; never a secret. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireIdentityKey>> {
    const where = { accountId };
    const page = await this.#deps.keys.list({ where, limit, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(presentIdentityKey) };
  }

  /** Adds a key; an HS256 secret is made here and answered this once. @throws Refusal `conflict` when there are too many */
  async create(
    staff: StaffPrincipal,
    input: { name: string; algorithm: IdentityAlgorithm; publicKey?: string | undefined },
  ): Promise<CreatedIdentityKey> {
    const { accountId } = staff;
    const existing = await this.#deps.keys.list({ where: { accountId }, limit: KEYS_PER_ACCOUNT });
    if (existing.items.length >= KEYS_PER_ACCOUNT) {
      throw new Refusal('conflict', { detail: `An account has ${KEYS_PER_ACCOUNT} keys at the most.` });
    }
    const now = this.#deps.clock.now();
    const id = this.#deps.ids.id();
    const secret = input.algorithm === 'HS256' ? this.#deps.ids.secret() : undefined;
    const key: IdentityKey = {
      ...{ id, accountId, version: 1, createdAt: now, updatedAt: now },
      name: input.name,
      algorithm: input.algorithm,
      ...(secret === undefined
        ? { publicKey: input.publicKey ?? '' }
        : { sealedSecret: await this.#seal(accountId, id, secret) }),
    };
    await this.#deps.keys.insert(key);
    await this.#note(staff, 'identity_key.created', id);
    return { ...presentIdentityKey(key), ...(secret !== undefined && { secret }) };
  }

  /** What it signed is good for nothing from here on. @throws Refusal `not_found` */
  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    const key = await this.#deps.keys.get(id);
    if (key?.accountId !== staff.accountId || !(await this.#deps.keys.delete(id)))
      throw new Refusal('not_found');
    await this.#note(staff, 'identity_key.removed', id);
  }

  #verified(identity: string, keys: readonly VerificationKey[]): Readonly<Record<string, unknown>> {
    try {
      return this.#deps.tokens.read(identity, keys);
    } catch (error) {
      if (!(error instanceof TokenRejected)) throw error;
      throw new Refusal('identity.rejected');
    }
  }

  async #verificationKeys(accountId: string): Promise<readonly VerificationKey[]> {
    const { items } = await this.#deps.keys.list({ where: { accountId }, limit: KEYS_PER_ACCOUNT });
    return Promise.all(
      items.map(async ({ id, algorithm, sealedSecret, publicKey = '' }) => ({
        algorithm,
        key: sealedSecret === undefined ? publicKey : await this.#open(accountId, id, sealedSecret),
      })),
    );
  }

  async #seal(accountId: string, id: string, secret: string): Promise<string> {
    const key = await this.#deps.vault.namedKey(accountId, PURPOSE);
    const sealed = this.#deps.cipher.seal(key, Buffer.from(secret), contextOf(accountId, id));
    return Buffer.from(sealed).toString('base64');
  }

  async #open(accountId: string, id: string, sealed: string): Promise<string> {
    const key = await this.#deps.vault.namedKey(accountId, PURPOSE);
    const plain = this.#deps.cipher.open(key, Buffer.from(sealed, 'base64'), contextOf(accountId, id));
    return Buffer.from(plain).toString('utf8');
  }

  #note(staff: StaffPrincipal, action: string, id: string): Promise<void> {
    return this.#deps.audit.byStaff(staff, { action, target: { kind: 'identity-key', id } });
  }
}

function contextOf(accountId: string, id: string): Uint8Array {
  return Buffer.from(`identity-key\n${accountId}\n${id}`);
}

/** Every claim that is a field: text, or what is written as text. @throws Refusal `identity.rejected` for any other */
function fieldsOf(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const given = Object.entries(claims).filter(([name]) => !REGISTERED.has(name));
  const fields = given.map(([name, value]) => {
    const text = ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
    if (text === undefined || text.length > VALUE_LENGTH) throw new Refusal('identity.rejected');
    return [name, text] as const;
  });
  return Object.fromEntries(fields);
}
