/**
 * Who connected when and from where: the only place in the product that holds a client's address. It is
 * tied to a chat by the session id alone and lives `logRetentionDays` at the most.
 */
export interface ActivityRecord {
  readonly id: string;
  readonly accountId: string;
  readonly sessionId: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly connectedAt: number;
  readonly disconnectedAt?: number;
  readonly retainFrom: number;
  readonly expiresAt: number;
  /** Over all but the end, as it is kept. */
  readonly mac?: string;
}
