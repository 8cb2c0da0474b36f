import { DAY_MS, type RefreshFamily } from '../../domain/index.ts';
import type { Clock, EntityStore, Ids } from '../../ports/index.ts';
import type { Tokens } from '../../ports/tokens.ts';

/** A refresh token is good for this long; each rotation starts it anew. */
const REFRESH_LIFE_MS = 30 * DAY_MS;
const PAGE = 100;

export type Rotation =
  | {
      readonly kind: 'rotated';
      readonly userId: string;
      readonly familyId: string;
      readonly refreshToken: string;
    }
  /** It was used before. The family has ended: nobody can tell the thief from the owner (RFC 9700, 4.14.2). */
  | { readonly kind: 'reused'; readonly userId: string }
  | { readonly kind: 'unknown' };

export interface RefreshFamiliesDeps {
  readonly families: EntityStore<RefreshFamily>;
  readonly tokens: Pick<Tokens, 'fingerprint'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Sign-ins and their chains of refresh tokens, `<familyId>.<secret>`. */
export class RefreshFamilies {
  readonly #deps: RefreshFamiliesDeps;

  constructor(deps: RefreshFamiliesDeps) {
    this.#deps = deps;
  }

  /** `client` is the coarse name of the browser. */
  async start(userId: string, client: string): Promise<{ familyId: string; refreshToken: string }> {
    const { families, tokens, ids, clock } = this.#deps;
    const now = clock.now();
    const familyId = ids.id();
    const refreshToken = `${familyId}.${ids.secret()}`;
    await families.insert({
      id: familyId,
      version: 1,
      createdAt: now,
      updatedAt: now,
      userId,
      currentHash: tokens.fingerprint(refreshToken),
      client,
      expiresAt: now + REFRESH_LIFE_MS,
    });
    return { familyId, refreshToken };
  }

  /** The conditional write of the store decides which of two rotations at once is the first; the other is a reuse. */
  async rotate(presented: string): Promise<Rotation> {
    const { families, tokens, ids } = this.#deps;
    const family = await families.get(familyIdOf(presented));
    if (family === undefined || this.#hasExpired(family)) return { kind: 'unknown' };
    const refreshToken = `${family.id}.${ids.secret()}`;
    const isNewest = family.currentHash === tokens.fingerprint(presented);
    if (isNewest && (await families.replace(this.#next(family, refreshToken)))) {
      return { kind: 'rotated', userId: family.userId, familyId: family.id, refreshToken };
    }
    await families.delete(family.id);
    return { kind: 'reused', userId: family.userId };
  }

  async alive(familyId: string, userId: string): Promise<boolean> {
    const family = await this.#deps.families.get(familyId);
    return family !== undefined && family.userId === userId && !this.#hasExpired(family);
  }

  async end(familyId: string): Promise<void> {
    await this.#deps.families.delete(familyId);
  }

  /** Those of a user that are alive, newest first. */
  async listOf(userId: string): Promise<readonly RefreshFamily[]> {
    const { families } = this.#deps;
    const found: RefreshFamily[] = [];
    let cursor: string | undefined;
    do {
      const where = { where: { userId }, newestFirst: true, limit: PAGE };
      const page = await families.list({ ...where, ...(cursor !== undefined && { cursor }) });
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return found.filter((family) => !this.#hasExpired(family));
  }

  /** Ends all sign-ins of a user but one; answers which it ended. */
  async endAllOf(userId: string, except?: string): Promise<readonly string[]> {
    const { families } = this.#deps;
    const ended = (await this.listOf(userId)).map(({ id }) => id).filter((id) => id !== except);
    await Promise.all(ended.map((id) => families.delete(id)));
    return ended;
  }

  #hasExpired({ expiresAt }: RefreshFamily): boolean {
    return expiresAt <= this.#deps.clock.now();
  }

  #next(family: RefreshFamily, refreshToken: string): RefreshFamily {
    const now = this.#deps.clock.now();
    return {
      ...family,
      version: family.version + 1,
      updatedAt: now,
      currentHash: this.#deps.tokens.fingerprint(refreshToken),
      expiresAt: now + REFRESH_LIFE_MS,
    };
  }
}

/** The id in front of the first dot; the whole when there is none, which no family has. */
export function familyIdOf(refreshToken: string): string {
  return refreshToken.split('.', 1)[0] ?? refreshToken;
}
