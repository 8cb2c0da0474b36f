import { createHttpApp } from '../edge/http/app.ts';
import { agentEvents } from '../edge/socket/agent-events.ts';
import { Hub } from '../edge/socket/hub.ts';
import { visitorEvents } from '../edge/socket/visitor-events.ts';
import { currentPrincipal } from '../features/auth/index.ts';
import { ERASURE_BROKEN_OFF_MS } from '../features/erasure/erasure.ts';
import { Health } from '../ops/health.ts';
import { scheduleJobs } from '../ops/jobs.ts';
import type { Features } from './features.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

const EVENT_RATE_WINDOW_S = 10;

/** What the world reaches: REST, pages and sockets on one HTTP server. */
export function composeEdge(base: Foundation, pipeline: Pipeline, features: Features) {
  const { config, stores, clock, logger, metrics, http, io } = base;
  const health = new Health({ stores, clock, clusterIsUp: () => base.cluster?.isUp() ?? true });
  const app = createHttpApp({
    useCases: features.useCases,
    redactor: pipeline.redactor,
    access: features.access,
    rateLimiter: features.rateLimiter,
    rateLimitFactor: config.limits.rateFactor,
    refusals: features.refusals,
    logger,
    metrics,
    health: () => health.ready(),
    publicDir: base.publicDir,
    trustProxyHops: config.server.trustProxyHops,
    requireTls: config.server.requireTls,
    speaksTls: config.server.tls !== undefined,
    bodyMaxBytes: config.limits.bodyMaxBytes,
    uploads: {
      maxBytes: config.limits.attachments.maxBytes,
      atOnce: config.limits.attachments.uploadsAtOnce,
    },
    version: base.version,
  });
  // Socket.IO takes its own path from a server that has its listener already, and leaves it the rest.
  http.on('request', app);
  io.attach(http);
  const hub = composeHub(base, pipeline, features);
  let stopJobs = async (): Promise<void> => {};
  let cancelFinish = (): void => {};
  return {
    /** Work that begins with serving. */
    begin: async () => {
      await features.routing.drainAll();
      await features.retention.purge();
      await features.auditRetention.purge();
      await features.rescans.resumeAll();
      await features.fieldSweeps.resumeAll();
      await features.keyRotations.resume(0);
      await features.dataRequests.resumeAll();
      await features.userEnd.finishBroken();
      // What a process of before was at is old enough by then.
      cancelFinish = clock.after(ERASURE_BROKEN_OFF_MS, () => {
        features.erasure
          .finishBroken()
          .catch((error) => logger.error('erasures that were broken off are not finished', error));
      });
      stopJobs = scheduleJobs({ ...features, checkRecords: base.checkRecords, logger });
      await features.webhooks.start();
    },
    serving: () => health.serving(),
    /** Sockets and requests that are open go on; no new ones come in. */
    stopAdmitting: async () => {
      health.draining();
      hub.stopAdmitting();
      http.close();
      cancelFinish();
      await stopJobs();
    },
    close: async () => {
      hub.close();
      await io.close();
      http.closeAllConnections();
    },
  };
}

function composeHub(base: Foundation, { pipeline }: Pipeline, features: Features): Hub {
  const { config, clock, logger, metrics, io } = base;
  const { conversations, signals, visitors, inbox, routing, notifier, live, activity, rateLimiter } =
    features;
  const { invitations, board } = features.engagement;
  const { auth, signIns, visitorSessions, identities } = features.useCases;
  const { limits, server } = config;
  return new Hub({
    io,
    visitorEvents: visitorEvents({
      pipeline,
      conversations,
      signals,
      visitors,
      chatStarts: features.chatStarts,
      invitations,
      identities,
      rateLimiter,
      ids: base.ids,
      limits,
    }),
    agentEvents: agentEvents({
      ...{ pipeline, conversations, inbox, signals, routing, invitations, board },
      ...{ handover: features.handover, watching: features.watching, notes: features.notes },
    }),
    routing,
    notifier,
    live,
    visitors,
    engagement: features.engagement.engagement,
    invitations,
    board,
    activity,
    grants: features.useCases.accessGrants,
    bus: base.bus,
    clock,
    logger,
    metrics,
    rateLimiter,
    refusals: features.refusals,
    audit: features.audit,
    auth: {
      staffPrincipal: (token, accountId) => auth.staffPrincipal(token, accountId),
      currentPrincipal: (agent) => currentPrincipal({ access: features.access, signIns }, agent),
    },
    verifyVisitor: (token) => visitorSessions.admit(token),
    trustedProxyHops: server.trustProxyHops,
    requireTls: server.requireTls,
    limits: {
      handshakes: limits.handshakes,
      socketsWithoutToken: limits.socketsWithoutToken,
      outboundBufferMaxBytes: limits.outboundBufferMaxBytes,
      trustedProxyHops: server.trustProxyHops,
      socketsPerSession: limits.socketsPerSession,
      sessionsPerSite: limits.sessionsPerSite,
      eventRate: { perSecond: limits.events.points / EVENT_RATE_WINDOW_S, burst: limits.events.points },
    },
  });
}
