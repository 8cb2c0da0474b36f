import { createEd25519Signer } from '../adapters/crypto/ed25519-signer.ts';
import { createNodeCipher } from '../adapters/crypto/node-cipher.ts';
import { INSTANCE } from '../domain/index.ts';
import type { Audit } from '../features/audit/index.ts';
import type { EndUser } from '../features/auth/index.ts';
import { AccountEnd, DataRequests, ErasureSteps } from '../features/data-requests/index.ts';
import { Certificates } from '../features/erasure/certificates.ts';
import { ConversationEraser } from '../features/erasure/conversation-eraser.ts';
import { ErasedMemory } from '../features/erasure/erased-memory.ts';
import { Erasure } from '../features/erasure/erasure.ts';
import { ErasureWatch } from '../features/erasure/erasure-watch.ts';
import { LegalHolds, SessionEnd, TranscriptEnd } from '../features/legal-holds/index.ts';
import type { ProfileIndex } from '../features/profile-index/index.ts';
import { ExpiryPreview } from '../features/retention/expiry-preview.ts';
import type { Routing } from '../features/routing/routing.ts';
import { SubjectFinder, SubjectValues } from '../features/subjects/index.ts';
import type { ActivityRecorder } from '../features/visitors/activity-recorder.ts';
import type { ConversationProfiles } from '../features/visitors/conversation-profiles.ts';
import type { LiveVisitors } from '../features/visitors/live-visitors.ts';
import type { VisitorKeeper } from '../features/visitors/visitor-keeper.ts';
import type { Erasable } from '../ports/index.ts';
import { composeErasables } from './erasables.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

const SIGNING = 'certificate-signing';
const SUBJECT_VALUES = 'subject-values';

export interface ErasureParts {
  readonly audit: Audit;
  /** Parts that keep something of their own, beside what the stores keep. */
  readonly others: readonly Erasable[];
  readonly profiles: ConversationProfiles;
  readonly profileIndex: ProfileIndex;
  readonly routing: Routing;
  readonly activity: ActivityRecorder;
  readonly endUser: EndUser;
  readonly live: LiveVisitors;
  readonly keeper: VisitorKeeper;
}

/** The end of personal data: erasure with certificates, legal holds, requests of subjects, what expires when. */
export function composeErasure(base: Foundation, pipeline: Pipeline, parts: ErasureParts) {
  const { stores, clock, ids, logger, bus, broadcaster } = base;
  const { lanes, settings, vault, redactor } = pipeline;
  const { audit, profiles, routing } = parts;
  const { conversations, erasureList, entities } = stores;
  const certificates = new Certificates({
    store: entities.erasureCertificates,
    signer: async () => createEd25519Signer(await vault.namedKey(INSTANCE, SIGNING)),
    ids,
    clock,
  });
  const eraser = new ConversationEraser({
    conversations,
    erasables: composeErasables(base, { flushActivity: () => parts.activity.flush(), others: parts.others }),
    isSessionHeld: (sessionId) => legalHolds.isSessionHeld(sessionId),
    ...{ erasureList, vault, lanes, routing, broadcaster, bus, clock, logger, events: base.events },
  });
  const memory = new ErasedMemory({
    live: parts.live,
    forgetSession: (sessionId) => parts.keeper.forget(sessionId),
    broadcaster: base.sockets,
    ...{ lanes, bus },
  });
  const watches =
    base.cluster === undefined
      ? []
      : [
          new ErasureWatch({
            notices: base.cluster,
            keeper: parts.keeper,
            ...{ erasureList, memory, bus, clock, logger },
          }),
        ];
  const values = new SubjectValues({
    cipher: createNodeCipher(),
    key: (accountId) => vault.namedKey(accountId, SUBJECT_VALUES),
  });
  const sessions = entities.visitorSessions;
  const finder = new SubjectFinder({
    ...{ conversations, sessions, lanes, profiles, settings },
    index: parts.profileIndex,
  });
  const legalHolds = new LegalHolds({
    holds: entities.legalHolds,
    held: entities.heldConversations,
    dataKeys: stores.dataKeys,
    end: new TranscriptEnd({ retention: stores.retention, lanes, settings }),
    sessionEnd: new SessionEnd({ retention: stores.retention, settings }),
    ...{ conversations, finder, values, redactor, audit, ids, clock, logger },
  });
  const accountEnd = new AccountEnd({
    accounts: entities.accounts,
    users: entities.users,
    sites: entities.sites,
    dataKeys: stores.dataKeys,
    endUser: parts.endUser,
    ...{ eraser, erasureList, vault, broadcaster, bus, clock },
  });
  const dataRequests = new DataRequests({
    requests: entities.dataRequests,
    steps: new ErasureSteps({
      holds: legalHolds,
      ...{ conversations, eraser, erasureList, accountEnd, certificates, audit, clock },
    }),
    holds: legalHolds,
    ...{ finder, values, accountEnd, settings, audit, ids, clock, logger },
  });
  const held = entities.heldConversations;
  return {
    erasure: new Erasure({ eraser, conversations, erasureList, certificates, values, audit, clock }),
    values,
    useCases: {
      certificates,
      legalHolds,
      dataRequests,
      expiryPreview: new ExpiryPreview({ conversations, held, settings, clock }),
    },
    close: async () => {
      await dataRequests.close();
      for (const part of [eraser, memory, ...watches]) part.close();
    },
  };
}
