import {
  DAY_MS,
  type DataRequest,
  Refusal,
  type RequestScope,
  type StaffPrincipal,
} from '../../domain/index.ts';
import type { Clock, EntityStore, Ids, Logger, StorePage } from '../../ports/index.ts';
import type { Audit } from '../audit/index.ts';
import { JobRunner } from '../jobs/index.ts';
import type { LegalHolds } from '../legal-holds/index.ts';
import type { AccountSettingsReader } from '../settings/account-settings.ts';
import type { Subject, SubjectFinder, SubjectValues } from '../subjects/index.ts';
import type { AccountEnd } from './account-end.ts';
import type { ErasureSteps } from './erasure-steps.ts';

/** A finished request, and with it the right to take its data out, ends after so long. */
export const REQUEST_KEPT_MS: number = 30 * DAY_MS;
const PAGE = 200;

export interface DataRequestsDeps {
  readonly requests: EntityStore<DataRequest>;
  readonly finder: SubjectFinder;
  readonly values: SubjectValues;
  readonly steps: ErasureSteps;
  readonly accountEnd: Pick<AccountEnd, 'requireNoOperator'>;
  readonly settings: Pick<AccountSettingsReader, 'get'>;
  readonly holds: Pick<LegalHolds, 'isAnyActive'>;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who asks, in which account. */
type Asker = Pick<StaffPrincipal, 'accountId' | 'userId'>;

/** Requests of people for their data, and of accounts for their end, worked on in the background. */
export class DataRequests {
  readonly #deps: DataRequestsDeps;
  readonly #runner: JobRunner;

  constructor(deps: DataRequestsDeps) {
    this.#deps = deps;
    this.#runner = new JobRunner({
      step: (id) => this.#step(id),
      clock: deps.clock,
      logger: deps.logger,
    });
  }

  /** Looks for all that is kept of the subject, to be exported. @throws Refusal `not_found`, `invalid_value` */
  startAccess(staff: Asker, subject: Subject): Promise<DataRequest> {
    return this.#start(staff, 'access', subject);
  }

  /** Looks for all that is kept of the subject, then erases it. @throws Refusal `not_found`, `invalid_value` */
  startErasure(staff: Asker, subject: Subject): Promise<DataRequest> {
    return this.#start(staff, 'erasure', subject);
  }

  /**
   * Erases the account itself and everything in it.
   * @throws Refusal `not_found`, `legal_hold.active`; `invalid_value` when `confirm` is not its name; `conflict` when
   *   an operator works in it alone
   */
  async startAccountErasure(asker: Asker, confirm: string): Promise<DataRequest> {
    const { accountId, userId } = asker;
    const { settings, holds, accountEnd, requests } = this.#deps;
    if ((await settings.get(accountId)).name !== confirm) {
      const errors = [{ path: 'confirm', message: 'must be the name of the account' }];
      throw new Refusal('invalid_value', { errors });
    }
    if (await holds.isAnyActive(accountId)) throw new Refusal('legal_hold.active');
    await accountEnd.requireNoOperator(accountId);
    const draft = this.#draft(asker, { purpose: 'erasure', scope: { kind: 'account' } });
    const request: DataRequest = { ...draft, status: 'erasing' };
    await requests.insert(request);
    await this.#note(request, userId);
    this.#runner.run(request.id);
    return request;
  }

  /** Newest first. */
  async list(
    accountId: string,
    query: { purpose: DataRequest['purpose']; limit: number; cursor?: string | undefined },
  ): Promise<StorePage<DataRequest>> {
    const { purpose, limit, cursor } = query;
    return this.#deps.requests.list({
      where: { accountId, purpose },
      newestFirst: true,
      limit,
      ...(cursor !== undefined && { cursor }),
    });
  }

  /** @throws Refusal `not_found` */
  async get(accountId: string, purpose: DataRequest['purpose'], id: string): Promise<DataRequest> {
    const request = await this.#deps.requests.get(id);
    if (request?.accountId !== accountId || request.purpose !== purpose) throw new Refusal('not_found');
    return request;
  }

  /** The erasure of an account, which may be gone already. @throws Refusal `not_found` */
  async ofAccount(id: string): Promise<DataRequest> {
    const request = await this.#deps.requests.get(id);
    if (request?.scope.kind !== 'account') throw new Refusal('not_found');
    return request;
  }

  /** Takes up what ran when the server stopped. */
  async resumeAll(): Promise<void> {
    for (const status of ['finding', 'erasing'] as const) {
      let cursor: string | undefined;
      do {
        const place = cursor === undefined ? {} : { cursor };
        const page = await this.#deps.requests.list({ where: { status }, limit: PAGE, ...place });
        for (const { id } of page.items) this.#runner.run(id);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    }
  }

  whenIdle(): Promise<void> {
    return this.#runner.whenIdle();
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  async #start(staff: Asker, purpose: DataRequest['purpose'], subject: Subject): Promise<DataRequest> {
    const { accountId, userId } = staff;
    await this.#deps.finder.requireKnown(accountId, subject);
    const scope = await this.#scopeOf(accountId, subject);
    const draft = this.#draft(staff, { purpose, scope });
    const sealed =
      subject.kind === 'subject'
        ? { sealedValue: await this.#deps.values.seal(accountId, draft.id, subject.value) }
        : {};
    const request = { ...draft, ...sealed };
    await this.#deps.requests.insert(request);
    await this.#note(request, userId);
    this.#runner.run(request.id);
    return request;
  }

  #draft(
    { accountId, userId }: Asker,
    of: { purpose: DataRequest['purpose']; scope: RequestScope },
  ): DataRequest {
    const now = this.#deps.clock.now();
    return {
      ...{ id: this.#deps.ids.id(), accountId, version: 1, createdAt: now, updatedAt: now },
      ...of,
      status: 'finding',
      startedBy: userId,
      ...{ scanned: 0, found: 0, held: 0, conversationIds: [], sessionIds: [], counts: {} },
      ...(of.purpose === 'erasure' && { certificateId: this.#deps.ids.id() }),
    };
  }

  async #scopeOf(accountId: string, subject: Subject): Promise<RequestScope> {
    if (subject.kind === 'visitor') return subject;
    const { field, value } = subject;
    const valueHash = await this.#deps.values.hash(accountId, field, value.reveal());
    return { kind: 'subject', field, valueHash };
  }

  #note({ accountId, id, purpose, scope }: DataRequest, userId: string): Promise<void> {
    return this.#deps.audit.record({
      accountId,
      actor: { kind: 'user', id: userId },
      action: purpose === 'access' ? 'subject-access.started' : 'erasure.started',
      target: { kind: 'data-request', id },
      details: { scope: scope.kind },
    });
  }

  async #step(id: string): Promise<boolean> {
    const request = await this.#deps.requests.get(id);
    if (request === undefined) return false;
    if (request.status === 'finding') return this.#keep(request, await this.#find(request));
    if (request.status === 'erasing') return this.#keep(request, await this.#deps.steps.next(request));
    return false;
  }

  /** What was done is done again when it could not be noted: each step may be repeated. */
  async #keep(request: DataRequest, change: Partial<DataRequest>): Promise<boolean> {
    const now = this.#deps.clock.now();
    const { sealedValue, cursor, ...rest } = { ...request, ...change };
    const next: DataRequest = {
      ...rest,
      version: request.version + 1,
      updatedAt: now,
      ...(rest.status === 'finding' && sealedValue !== undefined && { sealedValue }),
      ...(change.cursor !== undefined && { cursor: change.cursor }),
      ...(isFinished(rest.status) && { finishedAt: now, expiresAt: now + REQUEST_KEPT_MS }),
    };
    await this.#deps.requests.replace(next);
    return !isFinished(next.status);
  }

  async #find(request: DataRequest): Promise<Partial<DataRequest>> {
    const { accountId, cursor, purpose } = request;
    const step = await this.#deps.finder.step(accountId, await this.#subjectOf(request), cursor);
    const ids = step.conversations.map(({ id }) => id);
    const found = {
      scanned: request.scanned + step.scanned,
      found: request.found + ids.length,
      conversationIds: [...request.conversationIds, ...ids],
      sessionIds: [...new Set([...request.sessionIds, ...step.sessionIds])],
    };
    if (step.nextCursor !== undefined) return { ...found, cursor: step.nextCursor };
    return { ...found, status: purpose === 'access' ? 'done' : 'erasing' };
  }

  async #subjectOf({ id, accountId, scope, sealedValue }: DataRequest): Promise<Subject> {
    if (scope.kind === 'visitor') return scope;
    if (scope.kind === 'account' || sealedValue === undefined) throw new Error('no subject to look for');
    const value = await this.#deps.values.open(accountId, id, sealedValue);
    return { kind: 'subject', field: scope.field, value };
  }
}

function isFinished(status: DataRequest['status']): boolean {
  return status === 'done' || status === 'refused';
}
