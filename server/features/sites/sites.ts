import type { Page, WireSite } from '../../../shared/protocol/index.ts';
import { Refusal, type Site, type StaffPrincipal } from '../../domain/index.ts';
import type { Clock, EntityStore, Ids } from '../../ports/index.ts';
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

/** The web sites of an account. Refusals: `not_found`, `already_exists` (site key), `conflict`. */
export interface Sites {
  list(staff: StaffPrincipal, page: { limit: number; cursor?: string | undefined }): Promise<Page<WireSite>>;
  get(staff: StaffPrincipal, id: string): Promise<WireSite>;
  create(staff: StaffPrincipal, input: SiteInput): Promise<WireSite>;
  change(staff: StaffPrincipal, id: string, change: SiteChange): Promise<WireSite>;
  remove(staff: StaffPrincipal, id: string): Promise<void>;
  /** Key of the oldest site of the deployment, for the demonstration page. */
  firstSiteKey(): Promise<string | undefined>;
}

export function createSites(deps: {
  readonly stores: { readonly entities: { readonly sites: EntityStore<Site> } };
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
}): Sites {
  const { audit, ids, clock } = deps;
  const { sites } = deps.stores.entities;

  async function find(staff: StaffPrincipal, id: string): Promise<Site> {
    const site = await sites.get(id);
    if (site === undefined || site.accountId !== staff.accountId) throw new Refusal('not_found');
    return site;
  }

  function note(staff: StaffPrincipal, action: string, id: string): Promise<void> {
    return audit.byStaff(staff, { action, target: { kind: 'site', id } });
  }

  async function create(staff: StaffPrincipal, input: SiteInput): Promise<WireSite> {
    const { siteKey = generatedSiteKey(ids.secret()), ...fields } = input;
    const { accountId } = staff;
    const site = changed(
      newSite({ id: ids.id(), accountId, name: input.name, siteKey, now: clock.now() }),
      fields,
    );
    await sites.insert(site).catch(refuseTwin);
    await note(staff, 'site.created', site.id);
    return presentSite(site);
  }

  async function change(staff: StaffPrincipal, id: string, fields: SiteChange): Promise<WireSite> {
    const site = await find(staff, id);
    const next = { ...changed(site, fields), version: site.version + 1, updatedAt: clock.now() };
    if (!(await sites.replace(next))) throw new Refusal('conflict');
    await note(staff, 'site.changed', id);
    return presentSite(next);
  }

  async function remove(staff: StaffPrincipal, id: string): Promise<void> {
    await find(staff, id);
    if (!(await sites.delete(id))) throw new Refusal('not_found');
    await note(staff, 'site.removed', id);
  }

  return {
    list: async ({ accountId }, { limit, cursor }) => {
      const page = await sites.list({ where: { accountId }, limit, ...(cursor !== undefined && { cursor }) });
      return { ...page, items: page.items.map(presentSite) };
    },
    get: async (staff, id) => presentSite(await find(staff, id)),
    create,
    change,
    remove,
    firstSiteKey: async () => (await sites.list({ limit: 1 })).items[0]?.siteKey,
  };
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
