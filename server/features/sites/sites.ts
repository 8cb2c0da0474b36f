import type { Page, WireSite } from '../../../shared/protocol/index.ts';
import { Refusal, type Site, type StaffPrincipal } from '../../domain/index.ts';
import type { Broadcaster, ChangeBus, Clock, EntityStore, Ids } from '../../ports/index.ts';
import { UniqueViolation } from '../../ports/index.ts';
import { presentSite } from '../../presenters/account-presenter.ts';
import type { Audit } from '../audit/index.ts';
import { generatedSiteKey, newSite } from './new-site.ts';

type SiteFields = Pick<Site, 'name' | 'locale' | 'theme' | 'prechat' | 'allowedOrigins'>;
type Loose<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** What may be changed of a site; what is absent stays. */
export type SiteChange = Loose<Omit<SiteFields, 'theme'>> & {
  readonly theme?: Loose<Site['theme']> | undefined;
};
export type SiteInput = SiteChange & { readonly name: string; readonly siteKey?: string | undefined };

export interface SitesDeps {
  readonly stores: { readonly entities: { readonly sites: EntityStore<Site> } };
  readonly audit: Audit;
  readonly changes: Pick<ChangeBus, 'publish'>;
  readonly broadcaster: Pick<Broadcaster, 'disconnectSite'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** The web sites of an account. Refusals: `not_found`, `already_exists` (site key), `conflict`. */
export class Sites {
  readonly #deps: SitesDeps;
  readonly #sites: EntityStore<Site>;

  constructor(deps: SitesDeps) {
    this.#deps = deps;
    this.#sites = deps.stores.entities.sites;
  }

  /** Oldest first. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireSite>> {
    const where = { accountId };
    const page = await this.#sites.list({ where, limit, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(presentSite) };
  }

  async get(staff: StaffPrincipal, id: string): Promise<WireSite> {
    return presentSite(await this.#find(staff, id));
  }

  async create(staff: StaffPrincipal, input: SiteInput): Promise<WireSite> {
    const { ids, clock } = this.#deps;
    const { siteKey = generatedSiteKey(ids.secret()), ...fields } = input;
    const { accountId } = staff;
    const blank = newSite({ id: ids.id(), accountId, name: input.name, siteKey, now: clock.now() });
    const site = changed(blank, fields);
    await this.#sites.insert(site).catch(refuseTwin);
    await this.#note(staff, 'site.created', site.id);
    return presentSite(site);
  }

  async change(staff: StaffPrincipal, id: string, fields: SiteChange): Promise<WireSite> {
    const site = await this.#find(staff, id);
    const next = { ...changed(site, fields), version: site.version + 1, updatedAt: this.#deps.clock.now() };
    if (!(await this.#sites.replace(next))) throw new Refusal('conflict');
    await this.#note(staff, 'site.changed', id);
    return presentSite(next);
  }

  /** Its visitors' tokens are good for nothing from here on, and their sockets are cut. */
  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    await this.#find(staff, id);
    if (!(await this.#sites.delete(id))) throw new Refusal('not_found');
    this.#deps.changes.publish({ kind: 'site', siteId: id });
    this.#deps.broadcaster.disconnectSite(id);
    await this.#note(staff, 'site.removed', id);
  }

  /** Key of the oldest site of the deployment, for the demonstration page. */
  async firstSiteKey(): Promise<string | undefined> {
    return (await this.#sites.list({ limit: 1 })).items[0]?.siteKey;
  }

  /** Origins that may show the widget of this site; empty: any. Undefined for an unknown key. */
  async embeddingOrigins(siteKey: string): Promise<readonly string[] | undefined> {
    return (await this.#sites.findBy('siteKey', siteKey))?.allowedOrigins;
  }

  async #find(staff: StaffPrincipal, id: string): Promise<Site> {
    const site = await this.#sites.get(id);
    if (site === undefined || site.accountId !== staff.accountId) throw new Refusal('not_found');
    return site;
  }

  #note(staff: StaffPrincipal, action: string, id: string): Promise<void> {
    return this.#deps.audit.byStaff(staff, { action, target: { kind: 'site', id } });
  }
}

export function createSites(deps: SitesDeps): Sites {
  return new Sites(deps);
}

function changed(site: Site, change: SiteChange): Site {
  const { name, locale, theme, prechat, allowedOrigins } = change;
  return {
    ...site,
    name: name ?? site.name,
    locale: locale ?? site.locale,
    prechat: prechat ?? site.prechat,
    allowedOrigins: allowedOrigins ?? site.allowedOrigins,
    theme: {
      primaryColor: theme?.primaryColor ?? site.theme.primaryColor,
      position: theme?.position ?? site.theme.position,
      title: theme?.title ?? site.theme.title,
      greeting: theme?.greeting ?? site.theme.greeting,
    },
  };
}

function refuseTwin(error: unknown): never {
  if (error instanceof UniqueViolation) throw new Refusal('already_exists');
  throw error;
}
