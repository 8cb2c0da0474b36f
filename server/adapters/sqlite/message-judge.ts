import type { MessageRecord } from '../../domain/index.ts';
import type { AppendOutcome } from '../../ports/index.ts';

/** What is known of a stored record that may be in the way of a new one. */
export type Standing = Pick<MessageRecord, 'conversationId' | 'seq' | 'clientKey' | 'hash'>;

/** What stands of one conversation, found by either of its unique fields. */
class Transcript {
  readonly #bySeq = new Map<number, Standing>();
  readonly #byClientKey = new Map<string, Standing>();
  failed = false;

  add(standing: Standing): void {
    this.#bySeq.set(standing.seq, standing);
    this.#byClientKey.set(standing.clientKey, standing);
  }

  /** Undefined when nothing is in the way. The very same record is there when a write came through unheard. */
  verdict(record: Standing): AppendOutcome['kind'] | undefined {
    if (this.failed) return 'conflict';
    const same = this.#byClientKey.get(record.clientKey);
    if (same !== undefined) return isSame(same, record) ? 'stored' : 'duplicate';
    return this.#bySeq.has(record.seq) ? 'conflict' : undefined;
  }
}

/**
 * Says of each record in turn what becomes of it, given what stands, as if they were written one by one. `fresh` are
 * those that have yet to be written; what comes behind a failed one of its conversation is not among them.
 */
export function judge(
  records: readonly MessageRecord[],
  standing: readonly Standing[],
): { outcomes: AppendOutcome[]; fresh: MessageRecord[] } {
  const transcripts = new Map<string, Transcript>();
  const transcriptOf = (conversationId: string): Transcript => {
    const known = transcripts.get(conversationId) ?? new Transcript();
    transcripts.set(conversationId, known);
    return known;
  };
  for (const one of standing) transcriptOf(one.conversationId).add(one);
  const fresh: MessageRecord[] = [];
  const outcomes = records.map((record): AppendOutcome => {
    const transcript = transcriptOf(record.conversationId);
    const stored = { ...record, clientKey: wellFormed(record.clientKey) };
    const verdict = transcript.verdict(stored);
    if (verdict === undefined) {
      fresh.push(record);
      transcript.add(stored);
    }
    transcript.failed = verdict === 'duplicate' || verdict === 'conflict';
    return { kind: verdict ?? 'stored' };
  });
  return { outcomes, fresh };
}

/** As the database holds a text: a lone surrogate is U+FFFD. */
function wellFormed(value: string): string {
  return Buffer.from(value, 'utf8').toString('utf8');
}

function isSame(a: Standing, b: Standing): boolean {
  return a.seq === b.seq && Buffer.compare(a.hash, b.hash) === 0;
}
