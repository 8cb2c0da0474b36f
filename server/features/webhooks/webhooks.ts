import type {
  Page,
  WebhookEvent,
  WebhookPing,
  WebhookWithSecret,
  WireWebhook,
  WireWebhookDelivery,
} from '../../../shared/protocol/index.ts';
import {
  Private,
  Refusal,
  type StaffPrincipal,
  type Webhook,
  type WebhookDelivery,
} from '../../domain/index.ts';
import type { ChangeBus, Clock, EntityStore, Ids, WebhookSender } from '../../ports/index.ts';
import { presentDelivery, presentWebhook } from '../../presenters/webhook-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { secretPlace, signedHeaders, urlPlace } from './places.ts';
import type { WebhookSecrets } from './secret-box.ts';
import { WEBHOOKS_PER_ACCOUNT } from './webhook-cache.ts';

export interface WebhooksDeps {
  readonly webhooks: EntityStore<Webhook>;
  readonly deliveries: EntityStore<WebhookDelivery>;
  readonly queue: DeliveryQueue;
  readonly sender: WebhookSender;
  readonly secrets: WebhookSecrets;
  readonly audit: Audit;
  readonly changes: Pick<ChangeBus, 'publish'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly includeText: boolean;
  readonly enabled: boolean;
}
export type WebhookChange = { readonly [Key in keyof WebhookInput]?: WebhookInput[Key] | undefined };

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Addresses of other systems that an account's events are sent to. */
export class Webhooks {
  readonly #deps: WebhooksDeps;

  constructor(deps: WebhooksDeps) {
    this.#deps = deps;
  }

  async list({ accountId }: StaffPrincipal, { limit, cursor }: PageQuery): Promise<Page<WireWebhook>> {
    const where = { accountId };
    const page = await this.#deps.webhooks.list({ where, limit, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(presentWebhook) };
  }

  async get(staff: StaffPrincipal, id: string): Promise<WireWebhook> {
    return presentWebhook(await this.#find(staff, id));
  }

  /** Answers the signing secret, this once. @throws Refusal `conflict` (too many), `invalid_value` (address) */
  async create(staff: StaffPrincipal, input: WebhookInput): Promise<WebhookWithSecret> {
    const { webhooks, ids, clock, secrets } = this.#deps;
    const { accountId } = staff;
    const standing = await webhooks.list({ where: { accountId }, limit: WEBHOOKS_PER_ACCOUNT });
    if (standing.items.length >= WEBHOOKS_PER_ACCOUNT) {
      throw new Refusal('conflict', { detail: `An account has at most ${WEBHOOKS_PER_ACCOUNT} webhooks.` });
    }
    const { url, ...rest } = input;
    const id = ids.id();
    const now = clock.now();
    const secret = secrets.newSecret();
    const webhook: Webhook = {
      ...{ id, accountId, version: 1, createdAt: now, updatedAt: now },
      ...rest,
      ...(await this.#address(accountId, id, url)),
      sealedSecret: await secrets.seal(accountId, secretPlace(id), secret),
    };
    await webhooks.insert(webhook);
    await this.#changed(staff, 'webhook.created', id);
    return { ...presentWebhook(webhook), secret };
  }

  async change(staff: StaffPrincipal, id: string, change: WebhookChange): Promise<WireWebhook> {
    const { url, ...rest } = change;
    const address = url === undefined ? {} : await this.#address(staff.accountId, id, url);
    const next = await this.#write(staff, id, (webhook) => ({ ...webhook, ...given(rest), ...address }));
    await this.#changed(staff, 'webhook.changed', id);
    return presentWebhook(next);
  }

  /** Makes a new signing secret; the old one is good no more. */
  async renewSecret(staff: StaffPrincipal, id: string): Promise<WebhookWithSecret> {
    const { secrets } = this.#deps;
    const secret = secrets.newSecret();
    const sealedSecret = await secrets.seal(staff.accountId, secretPlace(id), secret);
    const next = await this.#write(staff, id, (webhook) => ({ ...webhook, sealedSecret }));
    await this.#changed(staff, 'webhook.secret_renewed', id);
    return { ...presentWebhook(next), secret };
  }

  /** With everything that was on its way to it. */
  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    await this.#find(staff, id);
    if (!(await this.#deps.webhooks.delete(id))) throw new Refusal('not_found');
    await this.#deps.deliveries.deleteWhere({ webhookId: id });
    await this.#changed(staff, 'webhook.removed', id);
  }

  /** Sends a signed `ping` now and tells what became of it. */
  async ping(staff: StaffPrincipal, id: string): Promise<WebhookPing> {
    const webhook = await this.#find(staff, id);
    const { secrets, sender, clock, ids } = this.#deps;
    const { accountId } = staff;
    const [url, secret] = await Promise.all([
      secrets.open(accountId, urlPlace(id), webhook.sealedUrl),
      secrets.open(accountId, secretPlace(id), webhook.sealedSecret),
    ]);
    const now = clock.now();
    const body = JSON.stringify({ type: 'ping', timestamp: new Date(now).toISOString(), data: {} });
    const headers = signedHeaders({ id: ids.id(), body, secret, now }, secrets);
    const outcome = await sender.send({ url: new Private(url), headers, body });
    await this.#note(staff, 'webhook.pinged', id);
    const status = outcome.status === undefined ? {} : { status: outcome.status };
    return outcome.ok
      ? { delivered: true, ...status }
      : { delivered: false, fault: outcome.fault, ...status };
  }

  /** Newest first, without content. */
  async deliveries(
    staff: StaffPrincipal,
    id: string,
    { limit, cursor }: PageQuery,
  ): Promise<Page<WireWebhookDelivery>> {
    await this.#find(staff, id);
    const query = { where: { webhookId: id }, newestFirst: true, limit };
    const page = await this.#deps.deliveries.list({ ...query, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(presentDelivery) };
  }

  /** Sends one again that was given up. @throws Refusal `not_found`, `conflict` when it is not */
  async retry(staff: StaffPrincipal, id: string, deliveryId: string): Promise<WireWebhookDelivery> {
    await this.#find(staff, id);
    const { deliveries, queue, clock } = this.#deps;
    const found = await deliveries.get(deliveryId);
    if (found?.webhookId !== id) throw new Refusal('not_found');
    if (found.status !== 'dead') throw new Refusal('conflict');
    const now = clock.now();
    const next: WebhookDelivery = {
      ...found,
      ...{ status: 'pending', attempts: 0, nextAttemptAt: now, leaseUntil: 0 },
      ...{ version: found.version + 1, updatedAt: now },
    };
    if (!(await deliveries.replace(next))) throw new Refusal('conflict');
    queue.again(next);
    await this.#note(staff, 'webhook.delivery_retried', id);
    return presentDelivery(next);
  }

  async #address(accountId: string, id: string, url: string) {
    if (!this.#deps.sender.accepts(url)) {
      const message = 'must be https, and not an address inside a network';
      throw new Refusal('invalid_value', { errors: [{ path: 'url', message }] });
    }
    return {
      origin: new URL(url).origin,
      sealedUrl: await this.#deps.secrets.seal(accountId, urlPlace(id), url),
    };
  }

  async #write(staff: StaffPrincipal, id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook> {
    const webhook = await this.#find(staff, id);
    const version = webhook.version + 1;
    const next = { ...change(webhook), version, updatedAt: this.#deps.clock.now() };
    if (!(await this.#deps.webhooks.replace(next))) throw new Refusal('conflict');
    return next;
  }

  async #find({ accountId }: StaffPrincipal, id: string): Promise<Webhook> {
    const webhook = await this.#deps.webhooks.get(id);
    if (webhook?.accountId !== accountId) throw new Refusal('not_found');
    return webhook;
  }

  async #changed(staff: StaffPrincipal, action: string, id: string): Promise<void> {
    this.#deps.changes.publish({ kind: 'webhooks', accountId: staff.accountId });
    await this.#note(staff, action, id);
  }

  #note(staff: StaffPrincipal, action: string, id: string): Promise<void> {
    return this.#deps.audit.byStaff(staff, { action, target: { kind: 'webhook', id } });
  }
}

function given(change: Omit<WebhookChange, 'url'>): Partial<Webhook> {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as Partial<Webhook>;
}
