import type { z } from 'zod';
import type { AuditEntry } from '../../server/domain/index.ts';
import type { Route } from '../../server/edge/http/define-route.ts';
import { restRoutes, type UseCases } from '../../server/edge/http/routes/index.ts';
import { idSchema } from '../../shared/schemas/common.ts';
import { textsOfEvents } from '../support/event-texts.ts';
import type { TestServer } from '../support/server.ts';

/** Every call of the REST interface, from the very records that the server mounts. */
export const ROUTES: readonly Route[] = restRoutes({} as UseCases);
/** Somebody who is known to the server, and the account that is told of them. */
export interface Attacker {
  readonly accountId: string;
  readonly actor: AuditEntry['actor'];
}

/** What an audit log says of a refused attempt. */
type Noted = Pick<AuditEntry, 'actor' | 'target' | 'details'>;

/** The refused attempts of a test, one after the other, and what the audit logs have to say of them. */
export class ForeignAttempts {
  readonly #test: TestServer;
  readonly #expected = new Map<string, Noted[]>();
  /** Entries of a log that were looked at before. */
  readonly #seen = new Map<string, number>();

  constructor(test: TestServer) {
    this.#test = test;
  }

  /** One attempt that was refused with this code is to be in the log of who made it, once. */
  refused(by: Attacker, attempt: { what: string; code: string; target?: AuditEntry['target'] }): void {
    const { what, code, target } = attempt;
    const noted = { actor: by.actor, details: { what, code }, ...(target !== undefined && { target }) };
    this.#expected.set(by.accountId, [...(this.#expected.get(by.accountId) ?? []), noted]);
  }

  /** Since the last look, each log got exactly the attempts made from its account, in their order and nothing besides. */
  async expectNoted(accountIds: readonly string[]): Promise<void> {
    for (const accountId of accountIds) {
      const all = await this.#noted(accountId);
      const expected = this.#expected.get(accountId) ?? [];
      this.#expected.delete(accountId);
      const fresh = all.slice(this.#seen.get(accountId) ?? 0);
      this.#seen.set(accountId, all.length);
      expect(fresh).toEqual(expected);
    }
  }

  async #noted(accountId: string): Promise<Noted[]> {
    const query = { accountId, action: 'access.refused', limit: 5_000 };
    const { items } = await this.#test.server.stores.audit.list(query);
    return items
      .toReversed()
      .map(({ actor, target, details }) => ({ actor, details, ...(target !== undefined && { target }) }));
  }
}

/** An event, one of its fields that names something, and the payload with an id there. */
export interface NamingEvent {
  readonly name: string;
  readonly field: string;
  payload(id: string): object | undefined;
}

/** From the very table that the server reads, once for each such field. */
export function namingEvents(
  schemas: Readonly<Record<string, z.ZodType>>,
  prey: { readonly conversationId: string; readonly visitor: { readonly sessionId: string } },
): NamingEvent[] {
  const { conversationId, visitor } = prey;
  return textsOfEvents(schemas, { conversationId, sessionId: visitor.sessionId })
    .filter(({ schema }) => schema === idSchema)
    .map(({ event, path, payloadWith }) => ({
      name: event,
      field: String(path.at(-1)),
      payload: payloadWith,
    }));
}

/** Searches that find nothing, and rules that are tried and kept nowhere: what they name is not read. */
export const LOOKED_UP_OR_TRIED = [
  ...['agentId', 'departmentId'].map((field) => `post /accounts/:a/conversations/search ${field}`),
  'post /accounts/:a/visitors/:id/try-rule rule.action.departmentId',
  'post /accounts/:a/visitors/:id/try-rule ruleId',
  'post /accounts/:a/engagement-rules/simulate rules.*.action.departmentId',
];
/** Of what kind a field names something. */
export const FIELDS: Readonly<Record<string, string>> = {
  ...{ roles: 'roles', departmentLimits: 'roles', members: 'users', userId: 'users', agentId: 'users' },
  ...{ departmentId: 'departments', conversationId: 'conversations', sessionId: 'visitors' },
  ...{ ruleId: 'engagement-rules', inviteId: 'invitations' },
  ...{ toAgentId: 'users', toDepartmentId: 'departments' },
};
/** To whom a chat is to go stands beside the chat, and the refusal names the chat. */
export const aimedAt = (field: string): string =>
  ['toAgentId', 'toDepartmentId'].includes(field) ? 'conversationId' : field;
/** Parts of bodies with an id where it cannot just be put in. */
export const BODIES: Readonly<Record<string, (id: string) => object>> = {
  'departmentLimits.*key': (id) => ({ roles: ['analyst'], departmentLimits: { [id]: [id] } }),
  'departmentLimits.*.*': (id) => ({ roles: ['analyst'], departmentLimits: { analyst: [id] } }),
  'scope.sessionId': (sessionId) => ({ reason: 'A reason', scope: { sessionId } }),
};

/** A field of a body that names something by its id; rules name departments so too, in a schema of their own. */
export const isId = (path: readonly string[], schema: object): boolean =>
  schema === idSchema || path.at(-1) === 'departmentId';
