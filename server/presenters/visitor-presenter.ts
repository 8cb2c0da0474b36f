import type {
  ScorePart,
  WireIdentityKey,
  WireInvite,
  WireInviteState,
  WireVisitor,
  WireVisitorDetail,
} from '../../shared/protocol/index.ts';
import {
  type IdentityKey,
  type Invitation,
  type KeptVisitor,
  masked,
  type VisitorClient,
} from '../domain/index.ts';
import { iso } from './iso.ts';

/** A live session, as far as staff may see it. Times are epoch milliseconds. */
export interface ShownVisitor extends Pick<KeptVisitor, 'fields' | 'pages' | 'pageViews' | 'utm'> {
  readonly sessionId: string;
  readonly siteId: string;
  readonly sockets: number;
  readonly startedAt: number;
  readonly lastSeenAt: number;
  readonly visits: number;
  readonly client: VisitorClient;
  readonly verified: ReadonlySet<string>;
  readonly events: ReadonlyMap<string, { readonly count: number; readonly last?: string | number | boolean }>;
  readonly referrer?: string;
  readonly idle: boolean;
  readonly conversation?: { readonly id: string };
  readonly inChat: boolean;
}

/** What engagement adds. */
export interface ShownEngagement {
  readonly score: number;
  readonly scoreParts: readonly ScorePart[];
  readonly invitation?: Invitation | undefined;
}

export function presentVisitor(
  visitor: ShownVisitor,
  engagement: ShownEngagement,
  { showFields }: { showFields: boolean },
): WireVisitor {
  const { sessionId, siteId, pages, pageViews, visits, client, referrer, utm, idle } = visitor;
  const page = pages.at(-1);
  const { score, scoreParts, invitation } = engagement;
  return {
    ...{ sessionId, siteId, online: visitor.sockets > 0, idle },
    startedAt: iso(visitor.startedAt),
    lastSeenAt: iso(visitor.lastSeenAt),
    ...(page !== undefined && {
      page: { url: page.url, at: page.at, ...(page.title !== undefined && { title: page.title }) },
    }),
    ...{ pageViews, visits, ...client },
    ...(referrer !== undefined && { referrer }),
    ...{ utm, score, scoreParts },
    ...(visitor.inChat && visitor.conversation !== undefined && { conversationId: visitor.conversation.id }),
    ...(invitation !== undefined && { invite: presentInviteState(invitation) }),
    fields: showFields ? visitor.fields : masked(visitor.fields),
    verifiedFields: [...visitor.verified],
  };
}

export function presentVisitorDetail(
  visitor: ShownVisitor,
  engagement: ShownEngagement,
  view: { showFields: boolean },
): WireVisitorDetail {
  const events = [...visitor.events].map(([name, tally]) => ({ name, ...tally }));
  return { ...presentVisitor(visitor, engagement, view), pages: [...visitor.pages], events };
}

/** What the visitor's client shows. */
export function presentInvite(invitation: Invitation): WireInvite {
  const { id: inviteId, ruleId, message, type, departmentId, from } = invitation;
  const action = {
    type,
    ...(departmentId !== undefined && { departmentId }),
    ...(from !== undefined && { from }),
  };
  return { inviteId, ruleId, message, action };
}

function presentInviteState(invitation: Invitation): WireInviteState {
  const { id: inviteId, ruleId, ruleName, variant, state, at, answeredAt } = invitation;
  return {
    inviteId,
    ruleId,
    ruleName,
    ...(variant !== undefined && { variant }),
    state,
    at: iso(answeredAt ?? at),
  };
}

/** Never the secret. */
export function presentIdentityKey(key: IdentityKey): WireIdentityKey {
  const { id, name, algorithm, publicKey, createdAt } = key;
  return { id, name, algorithm, ...(publicKey !== undefined && { publicKey }), createdAt: iso(createdAt) };
}
