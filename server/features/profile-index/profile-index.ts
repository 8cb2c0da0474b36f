import type { CustomField, WireProfile } from '../../../shared/protocol/index.ts';
import {
  accountFieldOf,
  type Conversation,
  fieldRetentionMs,
  normalisedForIndex,
  type ProfileIndexEntry,
  profileIndexId,
} from '../../domain/index.ts';
import {
  type Cipher,
  type Clock,
  type EntityStore,
  type StorePage,
  UniqueViolation,
} from '../../ports/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';

export interface ProfileIndexDeps {
  readonly store: EntityStore<ProfileIndexEntry>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly cipher: Cipher;
  /** The account's own key of the index: `KeyVault.namedKey(accountId, 'blind-index')`. */
  readonly key: (accountId: string) => Promise<Uint8Array>;
  readonly clock: Clock;
}

type Values = Pick<WireProfile, 'fields' | 'prechat'>;

const PAGE = 200;
/** Writers that meet on one entry each try again, this often. */
const ATTEMPTS = 8;

/**
 * Finds conversations by the exact value of a searchable field of the data-processing agreement, through keyed
 * hashes (a blind index): no value stands in it. It is kept and erased with the profile it stands for.
 */
export class ProfileIndex {
  readonly #deps: ProfileIndexDeps;

  constructor(deps: ProfileIndexDeps) {
    this.#deps = deps;
  }

  /** Brings the entries of one conversation in line with its profile and with the fields that are searchable now. */
  async keep(conversation: Conversation, values: Values): Promise<void> {
    const { accountId, id } = conversation;
    const { dpa } = await this.#deps.settings.get(accountId);
    const searchable = dpa.customFields.filter((field) => field.searchable);
    const kept = new Set<string>();
    for (const field of searchable) {
      const entry = await this.#entryOf(conversation, field, valueFor(values, field.key));
      if (entry === undefined) continue;
      kept.add(entry.id);
      await this.#put(entry);
    }
    const { items } = await this.#deps.store.list({ where: { conversationId: id }, limit: PAGE });
    for (const entry of items) if (!kept.has(entry.id)) await this.#deps.store.delete(entry.id);
  }

  /**
   * Whose conversations have this value in this field of the profile: the conversations and the visitor sessions
   * that they belong to, newest first, of all that is kept. The value is matched as a whole after it is normalised
   * (see `normalisedForIndex`). Empty for a field that is not listed or not searchable. The caller audits.
   */
  async findBySubject(
    accountId: string,
    field: string,
    value: string,
  ): Promise<{ readonly conversationIds: readonly string[]; readonly sessionIds: readonly string[] }> {
    const found: ProfileIndexEntry[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.page({ accountId, field, value, limit: PAGE, cursor });
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return {
      conversationIds: found.map(({ conversationId }) => conversationId),
      sessionIds: [...new Set(found.map(({ sessionId }) => sessionId))],
    };
  }

  /** One page of the same, in the order in which conversations are listed. */
  async page(query: {
    accountId: string;
    field: string;
    value: string;
    limit: number;
    cursor?: string | undefined;
  }): Promise<StorePage<ProfileIndexEntry>> {
    const { accountId, field: key, value, limit, cursor } = query;
    const field = await this.searchableField(accountId, key);
    const lookup = field && (await this.#lookup(accountId, field, value));
    if (lookup === undefined) return { items: [] };
    const page = { where: { lookup }, newestFirst: true, limit };
    return this.#deps.store.list({ ...page, ...(cursor !== undefined && { cursor }) });
  }

  /** Whether the conversation has all these values. */
  async has(
    { accountId, id }: { readonly accountId: string; readonly id: string },
    values: readonly (readonly [field: string, value: string])[],
  ): Promise<boolean> {
    for (const [key, value] of values) {
      const field = await this.searchableField(accountId, key);
      const lookup = field && (await this.#lookup(accountId, field, value));
      const entry = await this.#deps.store.get(profileIndexId(id, key));
      if (lookup === undefined || entry?.lookup !== lookup) return false;
    }
    return true;
  }

  /** The field as the agreement lists it, if it is searchable. */
  async searchableField(accountId: string, key: string): Promise<CustomField | undefined> {
    const { dpa } = await this.#deps.settings.get(accountId);
    return dpa.customFields.find((field) => field.key === key && field.searchable);
  }

  /** Takes a whole field of an account out of the index; answers how many entries there were. */
  removeField(accountId: string, field: string): Promise<number> {
    return this.#deps.store.deleteWhere({ accountField: accountFieldOf(accountId, field) });
  }

  async #entryOf(
    conversation: Conversation,
    field: CustomField,
    value: string | undefined,
  ): Promise<ProfileIndexEntry | undefined> {
    const { id, accountId, sessionId, startedAt, expiresAt } = conversation;
    const lookup = value === undefined ? undefined : await this.#lookup(accountId, field, value);
    if (lookup === undefined) return undefined;
    const retentionMs = fieldRetentionMs(field);
    return {
      id: profileIndexId(id, field.key),
      version: 1,
      createdAt: startedAt,
      updatedAt: this.#deps.clock.now(),
      accountId,
      conversationId: id,
      sessionId,
      accountField: accountFieldOf(accountId, field.key),
      lookup,
      retainFrom: startedAt,
      ...(retentionMs !== undefined && { retentionMs }),
      expiresAt: retentionMs === undefined ? expiresAt : Math.min(expiresAt, startedAt + retentionMs),
    };
  }

  async #put(entry: ProfileIndexEntry): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const standing = await this.#deps.store.get(entry.id);
      if (standing === undefined ? await this.#inserted(entry) : await this.#replaced(standing, entry))
        return;
    }
  }

  async #inserted(entry: ProfileIndexEntry): Promise<boolean> {
    try {
      await this.#deps.store.insert(entry);
      return true;
    } catch (error) {
      if (error instanceof UniqueViolation) return false;
      throw error;
    }
  }

  async #replaced(standing: ProfileIndexEntry, entry: ProfileIndexEntry): Promise<boolean> {
    const same = standing.lookup === entry.lookup && standing.expiresAt === entry.expiresAt;
    return same || this.#deps.store.replace({ ...entry, version: standing.version + 1 });
  }

  /** Undefined for a value of which nothing is left when it is normalised. */
  async #lookup(accountId: string, field: CustomField, value: string): Promise<string | undefined> {
    const normalised = normalisedForIndex(field.category, value);
    if (normalised === '') return undefined;
    const { cipher, key } = this.#deps;
    const fieldKey = cipher.mac(await key(accountId), Buffer.from(`field\n${field.key}`, 'utf8'));
    return Buffer.from(cipher.mac(fieldKey, Buffer.from(normalised, 'utf8'))).toString('hex');
  }
}

/** A pre-chat answer to a listed field is that field's value too. */
function valueFor({ fields, prechat }: Values, key: string): string | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : Object.hasOwn(prechat, key) ? prechat[key] : undefined;
}
