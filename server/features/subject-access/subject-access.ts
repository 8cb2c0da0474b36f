import type {
  WireActivity,
  WireSubjectExport,
  WireSubjectVisit,
  WireTranscript,
} from '../../../shared/protocol/index.ts';
import {
  type DataRequest,
  Refusal,
  type RequestScope,
  type StaffPrincipal,
  type VisitorSession,
} from '../../domain/index.ts';
import type { ActivityStore, Clock, EntityStore } from '../../ports/index.ts';
import { presentActivity } from '../../presenters/audit-presenter.ts';
import { renderSubject, type SubjectFile, type SubjectFormat } from '../../presenters/subject-file.ts';
import type { Audit } from '../audit/index.ts';
import type { DataRequests } from '../data-requests/index.ts';
import type { Transcripts } from '../transcripts/index.ts';

const PAGE = 200;

/** A part that keeps something of a visitor's session that the person may see. */
export interface SubjectSource {
  /** Name of the section: `pages`, `decisions`. */
  readonly section: string;
  /** Plain data; undefined when it keeps nothing of the session. */
  read(session: { readonly accountId: string; readonly sessionId: string }): Promise<unknown>;
}

export interface SubjectAccessDeps {
  readonly requests: Pick<DataRequests, 'get'>;
  readonly transcripts: Pick<Transcripts, 'get'>;
  readonly activity: Pick<ActivityStore, 'find'>;
  /** Writes connections that are in memory still. */
  readonly flushActivity: () => Promise<void>;
  readonly sessions: EntityStore<VisitorSession>;
  readonly sources: readonly SubjectSource[];
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Everything that is kept of one visitor or person, as a file: for them to read, or for a machine. */
export class SubjectAccess {
  readonly #deps: SubjectAccessDeps;

  constructor(deps: SubjectAccessDeps) {
    this.#deps = deps;
  }

  /** @throws Refusal `not_found`; `conflict` while the search goes on */
  async exportAs(staff: StaffPrincipal, requestId: string, format: SubjectFormat): Promise<SubjectFile> {
    const request = await this.#deps.requests.get(staff.accountId, 'access', requestId);
    if (request.status !== 'done') throw new Refusal('conflict', { detail: 'The search still goes on.' });
    const data = await this.#collect(staff, request);
    await this.#deps.audit.byStaff(staff, {
      action: 'subject-access.exported',
      target: { kind: 'data-request', id: requestId },
      details: { format, conversations: data.conversations.length, visits: data.visits.length },
    });
    return renderSubject(data, format);
  }

  async #collect(staff: StaffPrincipal, request: DataRequest): Promise<WireSubjectExport> {
    const conversations: WireTranscript[] = [];
    const unreadable: string[] = [];
    for (const id of request.conversationIds) {
      const transcript = await this.#transcript(staff, id);
      if (transcript === 'unreadable') unreadable.push(id);
      else if (transcript !== undefined) conversations.push(transcript);
    }
    await this.#deps.flushActivity();
    const visits: WireSubjectVisit[] = [];
    for (const sessionId of request.sessionIds) visits.push(await this.#visit(staff.accountId, sessionId));
    return {
      requestId: request.id,
      exportedAt: new Date(this.#deps.clock.now()).toISOString(),
      scope: wireScope(request.scope),
      conversations,
      visits,
      unreadable,
    };
  }

  /** Each read is audited by itself. Undefined for one that is gone since it was found. */
  async #transcript(staff: StaffPrincipal, id: string): Promise<WireTranscript | 'unreadable' | undefined> {
    try {
      return await this.#deps.transcripts.get(staff, id, { messages: true, profile: true });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'transcript.tampered') return 'unreadable';
      if (error.code === 'not_found') return undefined;
      throw error;
    }
  }

  async #visit(accountId: string, sessionId: string): Promise<WireSubjectVisit> {
    const session = await this.#deps.sessions.get(sessionId);
    const mine = session?.accountId === accountId ? session : undefined;
    const more: Record<string, unknown> = {};
    for (const source of this.#deps.sources) {
      const part = await source.read({ accountId, sessionId });
      if (part !== undefined) more[source.section] = part;
    }
    return {
      sessionId,
      ...(mine !== undefined && {
        startedAt: new Date(mine.createdAt).toISOString(),
        lastSeenAt: new Date(mine.updatedAt).toISOString(),
        visits: mine.visits,
      }),
      connections: await this.#connections(accountId, sessionId),
      more,
    };
  }

  async #connections(accountId: string, sessionId: string): Promise<readonly WireActivity[]> {
    const found: WireActivity[] = [];
    let cursor: string | undefined;
    do {
      const place = cursor === undefined ? {} : { cursor };
      const page = await this.#deps.activity.find({ accountId, sessionId, limit: PAGE, ...place });
      found.push(...page.items.map(presentActivity));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return found;
  }
}

function wireScope(scope: RequestScope): WireSubjectExport['scope'] {
  if (scope.kind === 'account') throw new Refusal('not_found');
  return scope;
}
