/** How long chains were known to be, noted outside the store of the audit log: an older copy of a whole chain shows. */
export interface AuditFloors {
  noteAudit(accountId: string, seq: number): void;
  /** @throws IntegrityError when the note was altered */
  auditReach(accountId: string): Promise<number>;
}
