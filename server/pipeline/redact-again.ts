import { findSplitMatches } from '../domain/redaction/index.ts';
import { senderKey, TAIL_LENGTH } from './lane.ts';
import type { CompiledRules, Redactor } from './redact.ts';
import type { OpenedMessage } from './seal.ts';
import type { TextChange } from './split-guard.ts';

/**
 * What rules change in a transcript that was redacted by others: in each message, and in what a sender spread over
 * consecutive ones. A message that stays as it is is not among the answers.
 */
export function changesUnder(
  rules: CompiledRules,
  messages: readonly OpenedMessage[],
  redactor: Redactor,
): ReadonlyMap<string, TextChange> {
  const changes = new Map<string, TextChange>();
  const tails = new Map<string, OpenedMessage[]>();
  const put = (message: OpenedMessage, change: TextChange) => {
    const count = change.count + (changes.get(message.id)?.count ?? 0);
    changes.set(message.id, { ...change, count });
  };
  const textOf = (message: OpenedMessage) => changes.get(message.id)?.text ?? message.text;
  for (const message of messages) {
    const origin = { from: sideOf(message), place: 'message' } as const;
    const piece = redactor.apply(rules, message.text, origin);
    if (piece.text !== message.text) put(message, piece);
    const tail = tails.get(senderKey(message.from)) ?? [];
    const split = findSplitMatches(rules.set, tail.map(textOf), textOf(message), origin);
    for (const [index, text] of (split?.texts ?? []).entries()) {
      const part = tail[index] ?? message;
      if (text !== undefined && text !== textOf(part)) put(part, { text, count: 1 });
    }
    if (split !== undefined) redactor.removedBy(split.ruleIds, rules);
    tails.set(senderKey(message.from), [...tail, message].slice(-TAIL_LENGTH));
  }
  return changes;
}

function sideOf(message: OpenedMessage): 'visitor' | 'agent' {
  return message.from.kind === 'visitor' ? 'visitor' : 'agent';
}
