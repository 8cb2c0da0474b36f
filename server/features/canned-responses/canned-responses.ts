import type { FilledCannedResponse, Page, WireCannedResponse } from '../../../shared/protocol/index.ts';
import {
  type CannedResponse,
  type CannedValues,
  type Conversation,
  fillVariables,
  Refusal,
  requireMayRead,
  requireWith,
  type StaffPrincipal,
  seesProfileValues,
} from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { Redactor } from '../../pipeline/redact.ts';
import { type Clock, type EntityStore, type Ids, UniqueViolation } from '../../ports/index.ts';
import { presentCannedResponse } from '../../presenters/canned-response-presenter.ts';
import type { Audit } from '../audit/index.ts';
import type { DepartmentDirectory } from '../departments/index.ts';
import type { ConversationProfiles } from '../visitors/conversation-profiles.ts';

const BY_STAFF = { from: 'agent', place: 'message' } as const;

export interface CannedResponsesDeps {
  readonly responses: EntityStore<CannedResponse>;
  readonly lanes: Lanes;
  readonly profiles: Pick<ConversationProfiles, 'read'>;
  readonly redactor: Redactor;
  readonly departments: Pick<DepartmentDirectory, 'find'>;
  readonly audit: Audit;
  readonly ids: Ids;
  readonly clock: Clock;
}

export interface CannedResponseInput {
  readonly shortcut: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly departmentId?: string | undefined;
}
export type CannedResponseChange = {
  readonly shortcut?: string | undefined;
  readonly text?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Null: for all departments. */
  readonly departmentId?: string | null | undefined;
};

/** Texts that staff send again and again. They are redacted when they are saved, and once more when they are filled. */
export class CannedResponses {
  readonly #deps: CannedResponsesDeps;

  constructor(deps: CannedResponsesDeps) {
    this.#deps = deps;
  }

  /** Oldest first. */
  async list(
    { accountId }: StaffPrincipal,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<WireCannedResponse>> {
    const where = { accountId };
    const page = await this.#deps.responses.list({ where, limit, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(presentCannedResponse) };
  }

  async get(staff: StaffPrincipal, id: string): Promise<WireCannedResponse> {
    return presentCannedResponse(await this.#find(staff, id));
  }

  /** @throws Refusal `already_exists` (shortcut), `department.unknown` */
  async create(staff: StaffPrincipal, input: CannedResponseInput): Promise<WireCannedResponse> {
    const { responses, ids, clock } = this.#deps;
    const { accountId } = staff;
    const { departmentId } = input;
    await this.#requireDepartment(accountId, departmentId);
    const rest = await this.#clean(accountId, input);
    const now = clock.now();
    const response: CannedResponse = {
      ...{ id: ids.id(), accountId, version: 1, createdAt: now, updatedAt: now },
      ...rest,
      key: keyOf(accountId, rest.shortcut),
      ...(departmentId !== undefined && { departmentId }),
    };
    await responses.insert(response).catch(refuseTwin);
    await this.#note(staff, 'canned_response.created', response.id);
    return presentCannedResponse(response);
  }

  /** @throws Refusal `already_exists` (shortcut), `department.unknown`, `conflict` */
  async change(staff: StaffPrincipal, id: string, change: CannedResponseChange): Promise<WireCannedResponse> {
    const before = await this.#find(staff, id);
    const { departmentId: kept, ...rest } = before;
    const { accountId } = staff;
    await this.#requireDepartment(accountId, change.departmentId ?? undefined);
    const departmentId = change.departmentId === undefined ? kept : (change.departmentId ?? undefined);
    const { shortcut = before.shortcut, text = before.text, tags = before.tags } = change;
    const clean = await this.#clean(accountId, { shortcut, text, tags });
    const next: CannedResponse = {
      ...rest,
      ...clean,
      key: keyOf(accountId, clean.shortcut),
      ...(departmentId !== undefined && { departmentId }),
      version: before.version + 1,
      updatedAt: this.#deps.clock.now(),
    };
    if (!(await this.#deps.responses.replace(next).catch(refuseTwin))) throw new Refusal('conflict');
    await this.#note(staff, 'canned_response.changed', id);
    return presentCannedResponse(next);
  }

  async remove(staff: StaffPrincipal, id: string): Promise<void> {
    await this.#find(staff, id);
    if (!(await this.#deps.responses.delete(id))) throw new Refusal('not_found');
    await this.#note(staff, 'canned_response.removed', id);
  }

  /** The text with the variables of a conversation, for the agent to send; audited, as it shows fields of the profile. */
  async fill(staff: StaffPrincipal, id: string, conversationId: string): Promise<FilledCannedResponse> {
    const { accountId } = staff;
    const response = await this.#find(staff, id);
    const { context, conversation } = await this.#deps.lanes.open(accountId, conversationId);
    requireWith(staff, 'conversation:handle', conversation);
    requireMayRead(staff, conversation);
    // What they may not see is to them as if the visitor had not told it.
    const sees = seesProfileValues(staff, conversation);
    const profile = sees ? await this.#deps.profiles.read(context) : { fields: {}, prechat: {} };
    const values = valuesOf({ conversation, profile, agentName: staff.name });
    const { text, missing } = fillVariables(response.text, values);
    // The message itself is redacted and counted when it is sent; this shows the agent what will stand there.
    const piece = await this.#deps.redactor.text(accountId, text, { ...BY_STAFF, counted: false });
    await this.#deps.audit.byStaff(staff, {
      action: 'canned_response.filled',
      target: { kind: 'conversation', id: conversationId },
      details: { cannedResponseId: id },
    });
    return { text: piece.text, redacted: piece.count, missing };
  }

  async #clean(accountId: string, { shortcut, text, tags }: Omit<CannedResponseInput, 'departmentId'>) {
    const rules = await this.#deps.redactor.rulesOf(accountId);
    const clean = (one: string) => this.#deps.redactor.apply(rules, one, BY_STAFF).text;
    return { shortcut: clean(shortcut), text: clean(text), tags: tags.map(clean) };
  }

  async #requireDepartment(accountId: string, id: string | undefined): Promise<void> {
    if (id === undefined || (await this.#deps.departments.find(accountId, id)) !== undefined) return;
    throw new Refusal('department.unknown', { missing: { kind: 'department', id } });
  }

  async #find({ accountId }: StaffPrincipal, id: string): Promise<CannedResponse> {
    const response = await this.#deps.responses.get(id);
    if (response?.accountId !== accountId) throw new Refusal('not_found');
    return response;
  }

  #note(staff: StaffPrincipal, action: string, id: string): Promise<void> {
    return this.#deps.audit.byStaff(staff, { action, target: { kind: 'canned-response', id } });
  }
}

/** Fields of the profile by `profile.<key>`; what a visitor gave before the chat counts too. */
function valuesOf(of: {
  conversation: Conversation;
  profile: { fields: Readonly<Record<string, string>>; prechat: Readonly<Record<string, string>> };
  agentName: string;
}): CannedValues {
  const fields = { ...of.profile.prechat, ...of.profile.fields };
  return {
    ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [`profile.${key}`, value])),
    'visitor.name': fields.name,
    'agent.name': of.agentName,
    caseId: of.conversation.caseId,
  };
}

function keyOf(accountId: string, shortcut: string): string {
  return `${accountId} ${shortcut}`;
}

function refuseTwin(error: unknown): never {
  if (error instanceof UniqueViolation) throw new Refusal('already_exists');
  throw error;
}
