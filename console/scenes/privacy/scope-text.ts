import type { WireErasedScope } from '../../../shared/protocol/index.ts';
import { shortId, visitorName } from '../../components/common/format.ts';

/** Whose data a request, a hold or a certificate is about, without the data. */
export function scopeText(scope: WireErasedScope): string {
  switch (scope.kind) {
    case 'conversation':
      return `Conversation ${shortId(scope.conversationId, 6)}`;
    case 'visitor':
      return visitorName(scope.sessionId);
    case 'subject':
      return `A person by ${scope.field}`;
    case 'address':
      return 'An address';
    case 'account':
      return 'The whole account';
  }
}

/** Counts by what kept them: `12 messages, 1 profiles`. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'nothing';
}
