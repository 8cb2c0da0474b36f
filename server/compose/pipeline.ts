import { RedactionCounts } from '../features/redaction-rules/index.ts';
import { AccountSettingsReader } from '../features/settings/account-settings.ts';
import { Anchors } from '../pipeline/anchors.ts';
import { Lanes } from '../pipeline/lanes.ts';
import { MessagePipeline } from '../pipeline/message-pipeline.ts';
import { GroupCommit } from '../pipeline/persist.ts';
import { Redactor } from '../pipeline/redact.ts';
import { Sealer } from '../pipeline/seal.ts';
import { FileSealer } from '../pipeline/seal-file.ts';
import { SecretBox } from '../pipeline/secret-box.ts';
import { SplitGuard } from '../pipeline/split-guard.ts';
import { Standing } from '../pipeline/standing.ts';
import { TranscriptReader } from '../pipeline/transcript-reader.ts';
import type { Foundation } from './foundation.ts';

/** One conversation's messages in one write at the most: a busy conversation must not hold up the rest. */
const MAX_PER_CONVERSATION = 50;

/** The stages of a message's way, put together. */
export function composePipeline(base: Foundation) {
  const { stores, clock, ids, metrics, logger, bus, broadcaster, config } = base;
  const { floors, cipher, keyRing, vault } = base;
  const { conversations, messages } = stores;
  const sealer = new Sealer(cipher);
  const fileSealer = new FileSealer(cipher);
  const secretBox = new SecretBox({ cipher, vault });
  const settings = new AccountSettingsReader(stores.entities.accounts, bus);
  const lanes = new Lanes({ conversations, messages, vault, sealer, floors, clock });
  const reader = new TranscriptReader({ messages, conversations, sealer, logger, metrics });
  const anchors = new Anchors({ lanes, sealer, conversations, clock, logger });
  const { redactionCounts: countStore } = stores.entities;
  const redactionCounts = new RedactionCounts({ store: countStore, clock, logger });
  const redactor = new Redactor({
    rules: stores.entities.redactionRules,
    bus,
    ids,
    metrics,
    deliversOriginal: async (accountId) => (await settings.get(accountId)).redaction.applyTo === 'store',
    counts: redactionCounts,
  });
  const splitGuard = new SplitGuard({
    redactor,
    reader,
    sealer,
    messages,
    conversations,
    broadcaster,
    bus,
    logger,
  });
  const limits = {
    maxBatch: config.store.groupCommit.maxMessages,
    maxPerConversation: MAX_PER_CONVERSATION,
  };
  const isCluster = base.cluster !== undefined;
  const commit = new GroupCommit({
    ...{ messages, lanes, sealer, reader, clock, metrics, logger, limits },
    standing: isCluster ? new Standing({ conversations, messages, sealer, lanes }) : undefined,
    recheck: (lane) => splitGuard.recheck(lane),
  });
  const pipeline = new MessagePipeline({
    lanes,
    redactor,
    sealer,
    splitGuard,
    commit,
    reader,
    broadcaster,
    events: base.events,
    clock,
    metrics,
    maxLength: config.limits.messageMaxLength,
  });
  const dropCached = bus.subscribe((change) => {
    lanes.heed(change);
    if (change.kind === 'keys') vault.forgetAccount(change.accountId);
    if (change.kind === 'missed') vault.forgetAll();
  });
  return {
    pipeline,
    lanes,
    anchors,
    reader,
    redactor,
    sealer,
    fileSealer,
    vault,
    cipher,
    keyRing,
    secretBox,
    settings,
    splitGuard,
    redactionCounts,
    /** Resolves when every message taken in is written and the ends of transcripts are noted. */
    drain: async () => {
      await commit.drain();
      await anchors.writeAll();
      await floors.writeAll();
    },
    close: () => {
      dropCached();
      anchors.close();
      floors.close();
      lanes.close();
      redactor.close();
      redactionCounts.close();
      settings.close();
    },
  };
}

export type Pipeline = ReturnType<typeof composePipeline>;
