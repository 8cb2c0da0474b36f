import { REFUSAL_LIMITS, scaled } from '../edge/http/limits.ts';
import { Access } from '../features/access/index.ts';
import { RefusedAccess } from '../features/audit/index.ts';
import { CannedResponses } from '../features/canned-responses/index.ts';
import { AgentInbox } from '../features/conversations/agent-inbox.ts';
import { AgentNames } from '../features/conversations/agent-names.ts';
import { ConversationChanger } from '../features/conversations/change-conversation.ts';
import { Conversations } from '../features/conversations/conversations.ts';
import { LiveSignals } from '../features/conversations/live-signals.ts';
import { ConversationNotifier } from '../features/conversations/notifier.ts';
import { DepartmentDirectory } from '../features/departments/index.ts';
import { Surroundings } from '../features/engagement/surroundings.ts';
import { RedactionRescans } from '../features/redaction-rescan/index.ts';
import { Retention } from '../features/retention/retention.ts';
import { Routing } from '../features/routing/routing.ts';
import { keptVisits, SubjectAccess } from '../features/subject-access/index.ts';
import { ConversationSearch, Transcripts } from '../features/transcripts/index.ts';
import { ActivityRecorder } from '../features/visitors/activity-recorder.ts';
import { ConversationProfiles } from '../features/visitors/conversation-profiles.ts';
import { LiveVisitors } from '../features/visitors/live-visitors.ts';
import { visitorErasable } from '../features/visitors/visitor-erasable.ts';
import { VisitorKeeper } from '../features/visitors/visitor-keeper.ts';
import { Visitors } from '../features/visitors/visitors.ts';
import { composeAccessGrants, composeDepartments, composeRoles } from './access.ts';
import { composeAdministration } from './administration.ts';
import { composeAttachments } from './attachments.ts';
import { composeAudit } from './audit.ts';
import { composeEngagement, tellingSurroundings } from './engagement.ts';
import { composeErasure } from './erasure.ts';
import { composeFieldSweeps } from './field-sweeps.ts';
import type { Foundation } from './foundation.ts';
import { composeKeys } from './keys.ts';
import type { Pipeline } from './pipeline.ts';
import { composeProfileIndex } from './profile-index.ts';
import { composeReports } from './reports.ts';
import { composeTeamwork } from './teamwork.ts';
import { composeWebhooks } from './webhooks.ts';

/** Scaled like every other limit. */
function refusalLimits({ config }: Foundation) {
  const { staff, visitor } = REFUSAL_LIMITS;
  const { rateFactor } = config.limits;
  return { staff: scaled(staff, rateFactor), visitor: scaled(visitor, rateFactor) };
}

/** The use cases around a chat. */
export function composeFeatures(foundation: Foundation, pipeline: Pipeline) {
  const surroundings = new Surroundings({
    presence: foundation.stores.presence,
    conversations: foundation.stores.conversations,
    clock: foundation.clock,
    logger: foundation.logger,
  });
  const base = { ...foundation, broadcaster: tellingSurroundings(foundation.broadcaster, surroundings) };
  foundation.cluster?.onStaffTold((accountId) => surroundings.changed(accountId));
  const { stores, clock, ids, metrics, logger, bus, broadcaster, events, rateLimiter } = base;
  const { lanes, anchors, reader, redactor, sealer, settings, vault } = pipeline;
  const store = stores.conversations;
  const { audit, auditRetention } = composeAudit(base, pipeline);
  const { users, roles: ownRoles, accessGrants: grants } = stores.entities;
  const departments = new DepartmentDirectory(stores.entities.departments, bus);
  const access = new Access({ users, roles: ownRoles, grants, bus, clock });
  const names = new AgentNames(stores.entities.users);
  const live = new LiveVisitors(clock);
  const profileIndex = composeProfileIndex(base, pipeline);
  const keeper = new VisitorKeeper({
    records: stores.entities.visitorRecords,
    live,
    vault,
    sealer,
    settings,
    clock,
    logger,
  });
  const engagement = composeEngagement(base, pipeline, { audit, live, keeper, surroundings });
  const profiles = new ConversationProfiles({
    lanes,
    sealer,
    store: stores.profiles,
    floors: base.floors,
    redactor,
    settings,
    live,
    index: profileIndex,
    clock,
  });
  const changer = new ConversationChanger({ conversations: store, lanes, bus });
  const notifier = new ConversationNotifier({
    broadcaster,
    conversations: store,
    names,
    clock,
    logger,
    metrics,
    events,
  });
  const routing = new Routing({
    presence: stores.presence,
    conversations: store,
    changer,
    notifier,
    settings,
    access,
    departments,
    broadcaster,
    bus,
    clock,
    logger,
  });
  const roles = composeRoles(base, { access, audit, routing });
  const accessGrantUseCases = composeAccessGrants(base, pipeline, { access, audit, routing });
  const conversations = new Conversations({
    conversations: store,
    changer,
    notifier,
    routing,
    lanes,
    anchors,
    reader,
    redactor,
    settings,
    departments,
    profiles,
    names,
    observer: engagement.engagement,
    clock,
    ids,
    metrics,
    events,
  });
  const visitors = new Visitors({
    live,
    keeper,
    profiles,
    conversations: store,
    sessions: stores.entities.visitorSessions,
    redactor,
    settings,
    observer: engagement.engagement,
    clock,
    logger,
  });
  const activity = new ActivityRecorder({
    store: stores.activity,
    settings,
    redactor,
    clock,
    ids,
    logger,
  });
  const endings = composeErasure(base, pipeline, {
    ...{ audit, profiles, profileIndex, routing, activity, live, keeper },
    others: [
      visitorErasable({
        live,
        visitors,
        sessions: stores.entities.visitorSessions,
        alsoForget: engagement.forget,
      }),
    ],
    endUser: (user): Promise<void> => administration.userEnd.end(user),
  });
  const retention = new Retention({
    store: stores.retention,
    messages: stores.messages,
    attachments: stores.attachments,
    lanes,
    live,
    conversations,
    clock,
    metrics,
    logger,
  });
  const refusals = new RefusedAccess({
    ...{ audit, rateLimiter, clock, logger, accounts: stores.entities.accounts },
    limits: refusalLimits(base),
  });
  const attachments = composeAttachments(base, pipeline, { audit, rateLimiter });
  const transcripts = new Transcripts({
    conversations: store,
    search: new ConversationSearch({ conversations: store, index: profileIndex }),
    lanes,
    reader,
    profiles,
    attachments,
    names,
    erasure: endings.erasure,
    audit,
    broadcaster,
    clock,
  });
  const subjectAccess = new SubjectAccess({
    requests: endings.useCases.dataRequests,
    transcripts,
    activity: stores.activity,
    sessions: stores.entities.visitorSessions,
    flushActivity: () => activity.flush(),
    sources: [keptVisits(keeper)],
    ...{ audit, clock },
  });
  const rescans = new RedactionRescans({
    rescans: stores.entities.redactionRescans,
    conversations: store,
    lanes,
    reader,
    redactor,
    retention: stores.retention,
    splitGuard: pipeline.splitGuard,
    profiles,
    attachments,
    changer,
    notifier,
    audit,
    ids,
    clock,
    logger,
  });
  const { fieldSweeps, agreedValues } = composeFieldSweeps(base, pipeline, {
    audit,
    profiles,
    profileIndex,
    live,
    keeper,
  });
  const keys = composeKeys(base, { ...pipeline, audit });
  const webhooks = composeWebhooks(base, pipeline, audit);
  const cannedResponses = new CannedResponses({
    departments,
    responses: stores.entities.cannedResponses,
    ...{ lanes, profiles, redactor, audit, ids, clock },
  });
  const reports = composeReports(base, { names, departments });
  const administration = composeAdministration(base, {
    conversationReport: reports.conversationReport,
    keys,
    audit,
    access,
    refusals,
    roles,
    accessGrants: accessGrantUseCases,
    departments: composeDepartments(base, { directory: departments, audit, routing }),
    transcripts,
    rateLimiter,
    activity,
    routing,
    rescans,
    attachments,
    fieldSweeps,
    cannedResponses,
    webhooks: webhooks.useCase,
    redactionCounts: pipeline.redactionCounts,
    visitors,
    pipeline,
    engagement,
    endings,
    subjectAccess,
    settings,
    secretBox: pipeline.secretBox,
  });
  return {
    ...administration,
    access,
    routing,
    notifier,
    conversations,
    retention,
    auditRetention,
    fieldSweeps,
    agreedValues,
    visitorKeeper: keeper,
    visitors,
    keeper,
    activity,
    live,
    rescans,
    keyRotations: keys.keyRotations,
    dataRequests: endings.useCases.dataRequests,
    erasure: endings.erasure,
    legalHolds: endings.useCases.legalHolds,
    webhooks,
    rateLimiter,
    refusals,
    engagement,
    chatStarts: engagement.chatStarts({
      ...{ conversations, store, visitors, departments },
      pipeline: pipeline.pipeline,
    }),
    ...composeTeamwork(base, pipeline, { routing, changer, notifier, access, departments, audit }),
    inbox: new AgentInbox({ conversations, store, names, broadcaster, audit }),
    signals: new LiveSignals({ lanes, redactor, splitGuard: pipeline.splitGuard, broadcaster }),
    /** Writes what is still in memory, then stops every timer. */
    close: async () => {
      administration.knownSites.close();
      await rescans.close();
      await fieldSweeps.close();
      await keys.keyRotations.close();
      await endings.close();
      await webhooks.close();
      await visitors.keepChanged();
      await keeper.flush();
      await engagement.flush();
      await reports.close();
      await activity.flush();
      await pipeline.redactionCounts.flush();
      await refusals.close();
      for (const part of [
        engagement,
        keeper,
        visitors,
        activity,
        routing,
        notifier,
        live,
        access,
        departments,
      ])
        part.close();
    },
  };
}

export type Features = ReturnType<typeof composeFeatures>;
