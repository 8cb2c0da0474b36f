import type { AccountEntity } from './entity.ts';

/** Whose data a request is about; of a person's value a keyed hash alone. */
export type RequestScope =
  | { readonly kind: 'visitor'; readonly sessionId: string }
  | { readonly kind: 'subject'; readonly field: string; readonly valueHash: string }
  | { readonly kind: 'account' };

/**
 * `finding` looks for whose data it is, `erasing` deletes; `refused` found a legal hold and deleted nothing.
 * `finding` and `erasing` go on in the background, also after a restart.
 */
export type RequestStatus = 'finding' | 'erasing' | 'done' | 'refused';

/** A request for all data of a visitor, of a person or of the account: to be handed out, or to be erased. */
export interface DataRequest extends AccountEntity {
  readonly purpose: 'access' | 'erasure';
  readonly scope: RequestScope;
  readonly status: RequestStatus;
  readonly startedBy: string;
  /** The value of a person, sealed under a key of the account while it is looked for. */
  readonly sealedValue?: string;
  /** Where the search goes on. */
  readonly cursor?: string;
  /** Conversations looked into. */
  readonly scanned: number;
  /** What was found; an erasure takes off what it has erased. */
  readonly conversationIds: readonly string[];
  readonly sessionIds: readonly string[];
  /** Conversations found. */
  readonly found: number;
  /** Conversations that a legal hold, placed meanwhile, kept from being erased. */
  readonly held: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Of an erasure: under which its certificate will be found. */
  readonly certificateId?: string;
  readonly finishedAt?: number;
  /** Set when it is finished. */
  readonly expiresAt?: number;
}
