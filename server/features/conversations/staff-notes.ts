import type { SentMessage } from '../../../shared/protocol/index.ts';
import { type Authorization, requireMayRead, requireWith, type StaffPrincipal } from '../../domain/index.ts';
import type { Lanes } from '../../pipeline/lanes.ts';
import type { MessagePipeline, Submission } from '../../pipeline/message-pipeline.ts';

export interface StaffNotesDeps {
  readonly lanes: Pick<Lanes, 'open'>;
  readonly pipeline: Pick<MessagePipeline, 'send'>;
}

/** Lines in a conversation that staff alone see: whoever may read it may leave them, not its agent alone. */
export class StaffNotes {
  readonly #deps: StaffNotesDeps;

  constructor(deps: StaffNotesDeps) {
    this.#deps = deps;
  }

  /** @throws Refusal `not_found`, and what the pipeline refuses */
  add(agent: StaffPrincipal, note: Submission): Promise<SentMessage> {
    return this.#send(agent, note, 'conversation:handle');
  }

  /** A supervisor's line to whoever has the chat. @throws Refusal `not_found`, and what the pipeline refuses */
  whisper(supervisor: StaffPrincipal, note: Submission): Promise<SentMessage> {
    return this.#send(supervisor, note, 'conversation:supervise');
  }

  async #send(agent: StaffPrincipal, note: Submission, needs: Authorization): Promise<SentMessage> {
    const { accountId, conversationId } = note.draft;
    const { conversation } = await this.#deps.lanes.open(accountId, conversationId);
    requireWith(agent, needs, conversation);
    requireMayRead(agent, conversation);
    return this.#deps.pipeline.send(note);
  }
}
